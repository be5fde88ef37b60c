import CZeroMQ

/// Moves messages from an outbox into a push or publish socket.
final class Sender: LoopPart {
    /// Messages sent in one turn.
    private static let turn = 512

    private let socket: Socket
    private let outbox: Outbox
    private var batch: [Outbox.Message] = []
    private var next = 0
    private var hasPeer = false
    private var isBlocked = false

    init(_ socket: Socket, _ outbox: Outbox) {
        self.socket = socket
        self.outbox = outbox
    }

    /// Nothing waits to be sent.
    var isIdle: Bool { outbox.statistics.queued == 0 }

    /// Notes whether anybody can get a message. Without a peer what waits is dropped and counted.
    func setHasPeer(_ hasPeer: Bool) {
        self.hasPeer = hasPeer
        outbox.setHasPeer(hasPeer)
    }

    /// Waits for room in the socket only while a message is ready to go into it.
    var interest: (socket: Socket, events: Int32)? { isBlocked ? (socket, ZMQ_POLLOUT) : nil }

    func service() throws(BusError) -> Bool {
        var (sent, discarded, bytes) = (0, 0, 0)
        defer { if sent + discarded > 0 { outbox.settle(sent: sent, discarded: discarded, bytes: bytes) } }
        isBlocked = false
        while sent + discarded < Self.turn {
            guard fill() else { return false }
            if hasPeer {
                guard case .done = try socket.send(topic: batch[next].topic, body: batch[next].body) else {
                    isBlocked = true
                    return false
                }
                sent += 1
            } else {
                discarded += 1
            }
            bytes += batch[next].size
            next += 1
        }
        return true
    }

    /// Drops and counts all that waits, and takes nothing in any more.
    func discard() {
        setHasPeer(false)
        while let hasMore = try? service(), hasMore {}
    }

    private func fill() -> Bool {
        if next < batch.count { return true }
        batch.removeAll(keepingCapacity: true)
        next = 0
        outbox.take(into: &batch)
        return !batch.isEmpty
    }

    func close() { socket.close() }
}

/// Follows who subscribes to a publishing socket.
final class SubscriptionReader: LoopPart {
    private let socket: Socket
    private let onChange: (Int) -> Void
    private var prefixes: Set<[UInt8]> = []

    init(_ socket: Socket, onChange: @escaping (Int) -> Void) {
        self.socket = socket
        self.onChange = onChange
    }

    var interest: (socket: Socket, events: Int32)? { (socket, ZMQ_POLLIN) }

    /// Each message is 1 (subscribe) or 0 (unsubscribe) and a prefix. libzmq reports the first subscriber of a prefix
    /// and the leaving of its last one.
    func service() throws(BusError) -> Bool {
        let before = prefixes.count
        while case .done(let frames) = try socket.receive() {
            guard frames.count == 1, let kind = frames[0].first else { continue }
            let prefix = Array(frames[0].dropFirst())
            if kind == 1 { prefixes.insert(prefix) } else if kind == 0 { prefixes.remove(prefix) }
        }
        if prefixes.count != before { onChange(prefixes.count) }
        return false
    }

    /// The socket belongs to its ``Sender``.
    func close() {}
}
