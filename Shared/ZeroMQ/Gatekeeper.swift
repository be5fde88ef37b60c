import CZeroMQ
import Logging

/// Answers the handshake questions of libzmq, from memory.
final class Gatekeeper: LoopPart {
    /// Where libzmq sends its questions.
    private static let endpoint = "inproc://zeromq.zap.01"

    private let socket: Socket
    private let board: Switchboard
    private let logger: Logger
    private var gate = HandshakeGate()

    /// Must exist before any socket binds: libzmq lets everyone in as long as nobody answers.
    init(_ context: Context, _ board: Switchboard, logger: Logger) throws(BusError) {
        socket = try Socket(context, .router)
        self.board = board
        self.logger = logger
        try socket.set(ZMQ_LINGER, 0)
        try socket.bind(Self.endpoint)
    }

    /// Replaces the keys that may come in.
    func admit(_ keys: Set<String>) throws(BusError) {
        for answer in gate.admit(keys) { try give(answer) }
    }

    /// Whether the loop must come by again soon, even if nothing happens.
    var hasOpenQuestions: Bool { gate.hasOpenQuestions }

    var interest: (socket: Socket, events: Int32)? { (socket, ZMQ_POLLIN) }

    func service() throws(BusError) -> Bool {
        let now = ContinuousClock.now
        while case .done(let frames) = try socket.receive() {
            let body = frames.firstIndex(of: []).map { $0 + 1 } ?? frames.count
            let request = HandshakeGate.Request(envelope: Array(frames[..<body]), frames: Array(frames[body...]))
            if let answer = gate.ask(request, now: now) { try give(answer) } else { board.requestRefresh() }
        }
        for answer in gate.expire(now: now) { try give(answer) }
        return false
    }

    private func give(_ answer: HandshakeGate.Answer) throws(BusError) {
        _ = try socket.send(answer.frames)
        guard answer.verdict != .accepted else { return }
        board.countRefusal()
        logger.debug(
            "handshake refused",
            metadata: ["address": "\(answer.request.address)", "reason": "\(answer.verdict)"])
    }

    func close() { socket.close() }
}
