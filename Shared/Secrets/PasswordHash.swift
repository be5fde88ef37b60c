import Crypto
import CryptoExtras
import Foundation

/// Passwords as they are kept: scrypt with a salt of 16 bytes, `scrypt$N$r$p$salt$hash` in base64.
///
/// Hashing takes about 50 ms and 16 MiB of memory; call it where blocking is allowed.
public enum PasswordHash {
    private static let rounds = 16_384
    private static let blockSize = 8
    private static let parallelism = 1

    public static func make(_ password: String) throws -> String {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let hash = try derive(password, salt: salt, rounds: rounds, blockSize: blockSize, parallelism: parallelism)
        return [
            "scrypt", String(rounds), String(blockSize), String(parallelism), Data(salt).base64EncodedString(),
            Data(hash).base64EncodedString(),
        ].joined(separator: "$")
    }

    /// Whether the password is the one that was hashed. False for a stored text that can't be read.
    public static func verify(_ password: String, against stored: String) -> Bool {
        let parts = stored.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[0] == "scrypt", let rounds = Int(parts[1]), let blockSize = Int(parts[2]),
            let parallelism = Int(parts[3]), let salt = Data(base64Encoded: parts[4]),
            let expected = Data(base64Encoded: parts[5]), (1024...1_048_576).contains(rounds), blockSize <= 32,
            let actual = try? derive(
                password, salt: Array(salt), rounds: rounds, blockSize: blockSize, parallelism: parallelism)
        else { return false }
        return ConstantTime.equals(actual, Array(expected))
    }

    private static func derive(
        _ password: String, salt: [UInt8], rounds: Int, blockSize: Int, parallelism: Int
    ) throws -> [UInt8] {
        let key = try KDF.Scrypt.deriveKey(
            from: Data(password.utf8), salt: salt, outputByteCount: 32, rounds: rounds, blockSize: blockSize,
            parallelism: parallelism)
        return key.withUnsafeBytes { Array($0) }
    }
}
