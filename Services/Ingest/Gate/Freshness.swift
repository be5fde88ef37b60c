import Domain

/// The third check: was it signed within the last five minutes (or, clocks being what they are, the next)?
enum Freshness {
    static let tolerance: Duration = .seconds(300)

    static func check(_ signed: Signature.Signed?, now: Timestamp) throws(GateRefusal) {
        guard let signed else { return }
        guard signed.timestamp.count <= 12, let seconds = Int64(signed.timestamp) else { throw .staleTimestamp }
        let distance = Timestamp(seconds: seconds) - now
        guard distance <= tolerance, distance >= .zero - tolerance else { throw .staleTimestamp }
    }
}
