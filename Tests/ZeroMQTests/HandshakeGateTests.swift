import CZeroMQ
import Testing

@testable import ZeroMQ

@Suite("Handshake gate")
struct HandshakeGateTests {
    private let raw = [UInt8](0..<32)
    private let now = ContinuousClock.now

    private func request(_ key: [UInt8], id: String = "1", mechanism: String = "CURVE") -> HandshakeGate.Request {
        let frames = ["1.0", id, "bus", "10.0.0.9", "", mechanism].map { Array($0.utf8) } + [key]
        return HandshakeGate.Request(envelope: [[1, 2], []], frames: frames)
    }

    private func knownKey() throws -> String { try #require(CurveKeyPair.encode(raw)) }

    @Test("A registered key gets 200 at once, addressed to the asker")
    func acceptsKnown() throws {
        var gate = HandshakeGate()
        let key = try knownKey()
        #expect(gate.admit([key]).isEmpty)
        let given = gate.ask(request(raw, id: "42"), now: now)
        let answer = try #require(given)
        #expect(answer.verdict == .accepted)
        let texts = answer.frames.dropFirst(2).map { String(decoding: $0, as: UTF8.self) }
        #expect(Array(answer.frames.prefix(2)) == [[1, 2], []])
        #expect(texts == ["1.0", "42", "200", "OK", "", ""])
    }

    @Test("An unknown key waits for the next reading of the directory, which may let it in")
    func waitsForReading() throws {
        var gate = HandshakeGate()
        #expect(gate.ask(request(raw), now: now) == nil)
        #expect(gate.hasOpenQuestions)
        #expect(gate.admit(["another"]).isEmpty)
        let key = try knownKey()
        #expect(gate.admit([key]) == [.init(request: request(raw), verdict: .accepted)])
        #expect(!gate.hasOpenQuestions)
    }

    @Test("An unknown key gets 300 when its time is up, and never 400")
    func refusesTemporarily() {
        var gate = HandshakeGate()
        _ = gate.ask(request(raw), now: now)
        #expect(gate.expire(now: now + .milliseconds(499)).isEmpty)
        let answers = gate.expire(now: now + .milliseconds(500))
        #expect(answers.map(\.verdict) == [.unknownKey])
        #expect(answers.map { $0.frames[4] } == [Array("300".utf8)])
        #expect(!gate.hasOpenQuestions)
    }

    @Test("A flood of unknown keys is answered at once beyond the limit")
    func boundsOpenQuestions() {
        var gate = HandshakeGate()
        let early = (0..<HandshakeGate.openLimit).map { _ in gate.ask(request(raw), now: now) }
        #expect(early.allSatisfy { $0 == nil })
        let late = gate.ask(request(raw), now: now)
        #expect(late?.verdict == .unknownKey)
    }

    @Test("Other mechanisms, keys of the wrong length and broken requests get 300", arguments: [0, 1, 2, 3])
    func refusesNonsense(_ index: Int) throws {
        var gate = HandshakeGate()
        _ = gate.admit([try knownKey()])
        let broken = HandshakeGate.Request(envelope: [], frames: [Array("1.0".utf8)])
        let requests = [request(raw, mechanism: "NULL"), request([1]), broken, .init(envelope: [], frames: [])]
        let given = gate.ask(requests[index], now: now)
        let answer = try #require(given)
        #expect(answer.verdict == .malformed)
        #expect(answer.frames.contains(Array("300".utf8)))
    }

    @Test("Key pairs are fresh, and their text form is what the directory holds")
    func makesKeys() throws {
        let (first, second) = (try CurveKeyPair.generate(), try CurveKeyPair.generate())
        #expect(first.publicKey.utf8.count == 40 && first.secretKey.utf8.count == 40)
        #expect(Set([first.publicKey, second.publicKey, first.secretKey, second.secretKey]).count == 4)
    }
}
