import CZeroMQ

/// Moves messages from a pull or subscribe socket into an inbox.
final class Receiver: LoopPart {
    /// Messages read in one turn.
    private static let turn = 256

    private let socket: Socket
    private let channel: Channel
    private let inbox: Inbox
    private var batch: [BusMessage] = []

    init(_ socket: Socket, channel: Channel, _ inbox: Inbox) {
        self.socket = socket
        self.channel = channel
        self.inbox = inbox
    }

    /// A full inbox leaves messages in the socket, so ZeroMQ stops reading from the peers.
    var interest: (socket: Socket, events: Int32)? { inbox.room() > 0 ? (socket, ZMQ_POLLIN) : nil }

    func service() throws(BusError) -> Bool {
        var malformed = 0
        batch.removeAll(keepingCapacity: true)
        let limit = min(inbox.room(), Self.turn)
        while batch.count + malformed < limit, case .done(let message) = try socket.receiveTopicAndBody() {
            if let message {
                batch.append(BusMessage(channel: channel.name, topic: message.topic, body: message.body))
            } else {
                malformed += 1
            }
        }
        if batch.count + malformed > 0 { inbox.append(batch, malformed: malformed) }
        return limit > 0 && batch.count + malformed == limit
    }

    func close() { socket.close() }
}
