import Crypto
import Foundation

/// The keys under which secrets are sealed at rest, newest first. Old ones stay as long as something is sealed with them.
public struct MasterKeys: Sendable {
    /// The text of `AW_MASTER_KEY` can't be used. Says why, never what it was.
    public struct InvalidKey: Error, Equatable, CustomStringConvertible {
        public var description: String
    }

    private let newest: String
    private let keys: [String: SymmetricKey]

    /// - Parameter text: `id:base64` of 32 bytes, several separated by commas, the newest first. Ids are 1–16 letters
    ///   or digits. `scripts/up` and `aw key` make one.
    public init(_ text: String) throws(InvalidKey) {
        var keys: [String: SymmetricKey] = [:]
        var newest: String?
        for part in text.split(separator: ",") {
            let pieces = part.split(separator: ":", maxSplits: 1).map(String.init)
            guard pieces.count == 2, (1...16).contains(pieces[0].count),
                pieces[0].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
            else { throw InvalidKey(description: "each key is id:base64, with an id of 1 to 16 letters or digits") }
            guard let bytes = Data(base64Encoded: pieces[1]), bytes.count == 32 else {
                throw InvalidKey(description: "the key \(pieces[0]) is not base64 of 32 bytes")
            }
            guard keys[pieces[0]] == nil else {
                throw InvalidKey(description: "the key id \(pieces[0]) stands there twice")
            }
            keys[pieces[0]] = SymmetricKey(data: bytes)
            newest = newest ?? pieces[0]
        }
        guard let newest else { throw InvalidKey(description: "no key is given") }
        self.newest = newest
        self.keys = keys
    }

    /// A fresh key in the form that ``init(_:)`` reads.
    public static func generate(id: String = "k1") -> String {
        let key = SymmetricKey(size: .bits256)
        return id + ":" + key.withUnsafeBytes { Data($0) }.base64EncodedString()
    }

    /// Seals with the newest key (AES-256-GCM). The form is the length of the key id in one byte, the id, then nonce,
    /// ciphertext and tag.
    ///
    /// - Parameter context: What the secret belongs to; a sealed value moved to another row does not open.
    public func seal(_ secret: [UInt8], context: String) throws -> [UInt8] {
        guard let key = keys[newest] else { throw OpenError.unknownKey(newest) }
        let box = try AES.GCM.seal(Data(secret), using: key, authenticating: Data(context.utf8))
        guard let combined = box.combined else { throw OpenError.damaged }
        return [UInt8(newest.utf8.count)] + Array(newest.utf8) + Array(combined)
    }

    /// - Throws: ``OpenError``; never says anything of the secret.
    public func open(_ sealed: [UInt8], context: String) throws -> [UInt8] {
        guard let length = sealed.first.map(Int.init), sealed.count > length + 1 else { throw OpenError.damaged }
        let id = String(decoding: sealed[1..<(1 + length)], as: UTF8.self)
        guard let key = keys[id] else { throw OpenError.unknownKey(id) }
        do {
            let box = try AES.GCM.SealedBox(combined: Data(sealed[(1 + length)...]))
            return Array(try AES.GCM.open(box, using: key, authenticating: Data(context.utf8)))
        } catch {
            throw OpenError.damaged
        }
    }

    /// Whether a value is sealed with another key than the newest, so that it should be sealed again.
    public func isStale(_ sealed: [UInt8]) -> Bool {
        guard let length = sealed.first.map(Int.init), sealed.count > length + 1 else { return true }
        return String(decoding: sealed[1..<(1 + length)], as: UTF8.self) != newest
    }

    public enum OpenError: Error, Equatable {
        /// Sealed with a key that `AW_MASTER_KEY` does not hold: put that key back at the end of the list.
        case unknownKey(String)
        /// Not sealed by us, sealed for another context, or changed since.
        case damaged
    }
}
