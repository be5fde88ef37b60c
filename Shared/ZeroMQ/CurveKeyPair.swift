import CZeroMQ

/// A CURVE key pair, Z85. The secret half never leaves the socket thread.
struct CurveKeyPair {
    let publicKey: String
    let secretKey: String

    /// Characters of a key.
    static let keyLength = 40

    /// Makes a fresh pair from the system's random source.
    static func generate() throws(BusError) -> CurveKeyPair {
        var publicKey = [CChar](repeating: 0, count: keyLength + 1)
        var secretKey = publicKey
        guard zmq_curve_keypair(&publicKey, &secretKey) == 0 else { throw .last("zmq_curve_keypair") }
        return CurveKeyPair(publicKey: text(publicKey), secretKey: text(secretKey))
    }

    /// The Z85 form of a key given as 32 bytes; `nil` for another length.
    static func encode(_ raw: [UInt8]) -> String? {
        guard raw.count == 32 else { return nil }
        var encoded = [CChar](repeating: 0, count: keyLength + 1)
        guard zmq_z85_encode(&encoded, raw, raw.count) != nil else { return nil }
        return text(encoded)
    }

    private static func text(_ zeroTerminated: [CChar]) -> String {
        String(decoding: zeroTerminated.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
