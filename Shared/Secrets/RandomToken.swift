import Crypto
import Foundation

/// Secrets that we make: API keys, signing secrets, session tokens.
public enum RandomToken {
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

    /// `prefix` followed by `length` letters and digits, each drawn evenly (5.95 bits each).
    public static func make(prefix: String = "", length: Int = 43) -> String {
        var generator = SystemRandomNumberGenerator()
        return prefix + String((0..<length).map { _ in alphabet[Int.random(in: 0..<62, using: &generator)] })
    }

    /// What is stored of a token: SHA-256 of its UTF-8. Enough for secrets of this much randomness.
    public static func hash(_ token: String) -> [UInt8] {
        Array(SHA256.hash(data: Data(token.utf8)))
    }
}

/// Comparison whose time does not depend on where two values differ.
public enum ConstantTime {
    /// Whether both are equal. Only the lengths may be learned from the time it takes.
    public static func equals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}
