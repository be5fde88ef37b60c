import Crypto
import Foundation

/// How a webhook sender signs: `sha256=<hex HMAC-SHA256(secret, timestamp + "." + raw body)>`.
public enum RequestSignature {
    /// The value of `X-Signature`.
    public static func make(secret: [UInt8], timestamp: String, body: some Sequence<UInt8>) -> String {
        "sha256=" + hex(code(secret: secret, timestamp: timestamp, body: Array(body)))
    }

    /// Whether `signature` is right under any of the secrets. Every secret is tried, and compared in constant time, so
    /// that time tells nothing.
    public static func verify(
        _ signature: String, secrets: [[UInt8]], timestamp: String, body: some ContiguousBytes
    ) -> Bool {
        guard signature.hasPrefix("sha256="), let given = bytes(hex: signature.utf8.dropFirst(7)), given.count == 32
        else { return false }
        let before = Array((timestamp + ".").utf8)
        var isRight = false
        for secret in secrets {
            var hmac = HMAC<SHA256>(key: SymmetricKey(data: secret))
            hmac.update(data: before)
            body.withUnsafeBytes { hmac.update(data: $0) }
            let expected = Array(hmac.finalize())
            isRight = ConstantTime.equals(expected, given) || isRight
        }
        return isRight
    }

    private static func code(secret: [UInt8], timestamp: String, body: [UInt8]) -> [UInt8] {
        var hmac = HMAC<SHA256>(key: SymmetricKey(data: secret))
        hmac.update(data: Data((timestamp + ".").utf8))
        hmac.update(data: body)
        return Array(hmac.finalize())
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func bytes(hex text: Substring.UTF8View) -> [UInt8]? {
        let digits = Array(text)
        guard digits.count % 2 == 0 else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = nibble(digits[index]), let low = nibble(digits[index + 1]) else { return nil }
            out.append(high << 4 | low)
        }
        return out
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
