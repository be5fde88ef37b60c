/// Decides which clients may complete a handshake with a binding socket, by the ZAP protocol (RFC 27).
///
/// Pure. A known key is let in at once. An unknown key most often belongs to an instance that registered a moment ago,
/// so its question stays open for a short time in case the next reading of the directory brings it; then it gets
/// status 300, which closes the connection and leaves the client trying, never 400, which would make it give up.
struct HandshakeGate {
    /// A question of libzmq: who asks, and the frames version, request id, domain, address, identity, mechanism,
    /// credentials.
    struct Request: Equatable {
        let envelope: [[UInt8]]
        let frames: [[UInt8]]

        /// IP address of the client.
        var address: String { frames.count > 3 ? String(decoding: frames[3], as: UTF8.self) : "" }
    }

    enum Verdict: Equatable {
        case accepted
        case unknownKey
        /// Not a request this gate understands.
        case malformed
    }

    struct Answer: Equatable {
        let request: Request
        let verdict: Verdict

        /// Envelope, then version, request id, status, text, user id, metadata.
        var frames: [[UInt8]] {
            let (status, text) = verdict == .accepted ? ("200", "OK") : ("300", "not registered yet")
            let requestID = request.frames.count > 1 ? request.frames[1] : []
            return request.envelope + [Array("1.0".utf8), requestID, Array(status.utf8), Array(text.utf8), [], []]
        }
    }

    private struct OpenQuestion {
        let request: Request
        let key: String
        let asked: ContinuousClock.Instant
    }

    /// How long a question about an unknown key stays open.
    static let patience: Duration = .milliseconds(500)
    /// Questions open at the same time; further ones get their 300 at once.
    static let openLimit = 256

    private var knownKeys: Set<String> = []
    private var open: [OpenQuestion] = []

    /// Whether ``expire(now:)`` has something to look at.
    var hasOpenQuestions: Bool { !open.isEmpty }

    /// Judges a request.
    ///
    /// - Returns: The answer, or `nil` when the key is unknown and the question stays open.
    mutating func ask(_ request: Request, now: ContinuousClock.Instant) -> Answer? {
        let frames = request.frames
        guard frames.count == 7, frames[0] == Array("1.0".utf8), frames[5] == Array("CURVE".utf8),
            let key = CurveKeyPair.encode(frames[6])
        else { return Answer(request: request, verdict: .malformed) }
        if knownKeys.contains(key) { return Answer(request: request, verdict: .accepted) }
        guard open.count < Self.openLimit else { return Answer(request: request, verdict: .unknownKey) }
        open.append(OpenQuestion(request: request, key: key, asked: now))
        return nil
    }

    /// Replaces the keys that may come in; Z85.
    ///
    /// - Returns: Answers to the open questions that this settles.
    mutating func admit(_ keys: Set<String>) -> [Answer] {
        knownKeys = keys
        let settled = open.filter { keys.contains($0.key) }
        open.removeAll { keys.contains($0.key) }
        return settled.map { Answer(request: $0.request, verdict: .accepted) }
    }

    /// Answers the questions that were open for too long.
    mutating func expire(now: ContinuousClock.Instant) -> [Answer] {
        let expired = open.prefix { now - $0.asked >= Self.patience }
        open.removeFirst(expired.count)
        return expired.map { Answer(request: $0.request, verdict: .unknownKey) }
    }
}
