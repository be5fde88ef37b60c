import NIOCore

/// One open WebSocket, as those who serve it see it. May be used from any task.
///
/// Pings, pongs and the close handshake happen by themselves.
public final class WebSocketConnection: Sendable {
    /// The text messages from the client. Read them, or leave their loop: a client whose messages nobody takes is not
    /// heard at all.
    public let messages: WebSocketMessages
    /// The address of the peer of the TCP connection, which may be a proxy; nil when it has none.
    public let remoteAddress: String?
    private let channel: any Channel
    private let handler: NIOLoopBound<WebSocketFrameHandler>
    private let outbox: WebSocketOutbox

    /// Call on the event loop of `channel`.
    init(channel: any Channel, handler: WebSocketFrameHandler, outbox: WebSocketOutbox) {
        self.channel = channel
        self.handler = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        self.outbox = outbox
        remoteAddress = channel.remoteAddress?.ipAddress
        let (messages, source) = WebSocketMessages.make(for: handler, on: channel.eventLoop)
        self.messages = messages
        handler.feed(source)
    }

    /// Whether closing has begun, from either side; nothing can be sent any more.
    public var isClosed: Bool { outbox.isSealed }

    /// How it was closed: the code sent or received, 1005 for none, 1006 when the connection was lost; nil while open.
    public var closeCode: UInt16? { outbox.closeCode }

    /// Queues a text message. Never waits: for events that happen as they happen.
    ///
    /// When the queue overflows the client is too slow: what waits is dropped and the connection closes with 4408. A burst
    /// larger than the queue overflows it too, however fast the client is; use ``sendWhenReady(_:)`` to catch up.
    ///
    /// - Returns: False when the message will not be sent. True does not say that it arrived.
    @discardableResult
    public func send(_ text: String) -> Bool {
        guard !outbox.isSealed else { return false }
        switch outbox.offer(ByteBuffer(string: text)) {
        case .queued(let wake):
            if wake { channel.eventLoop.execute { [handler] in handler.value.drain() } }
            return true
        case .overflow:
            failAsSlow()
            return false
        case .sealed:
            return false
        }
    }

    /// Queues a text message when at most half of the queue is in use, and waits for that: for a long series of messages,
    /// at the client's pace.
    ///
    /// - Returns: False when the message will not be sent because the connection is closing or the task was cancelled.
    @discardableResult
    public func sendWhenReady(_ text: String) async -> Bool {
        await outbox.room()
        return !Task.isCancelled && send(text)
    }

    /// Gives up a client that does not keep up: what waits is dropped and the connection closes with 4408.
    public func giveUp() {
        outbox.discard()
        failAsSlow()
    }

    private func failAsSlow() {
        let failure = WebSocketFailure(code: WebSocketCloseCode.slowConsumer, reason: "slow consumer")
        channel.eventLoop.execute { [handler] in handler.value.fail(failure) }
    }

    /// Sends what waits and a close frame, and returns when the connection has ended, after the close timeout at most.
    ///
    /// Does nothing but wait when closing is under way already.
    ///
    /// - Parameters:
    ///   - code: 1000...1003, 1007...1014 or 3000...4999; any other is sent as 1011.
    ///   - reason: Goes to the client; cut to 123 bytes.
    public func close(code: UInt16, reason: String) async {
        channel.eventLoop.execute { [handler] in handler.value.close(code: code, reason: reason) }
        await closed()
    }

    /// Returns when the connection has ended.
    func closed() async {
        // The close future of a channel does not fail.
        try? await channel.closeFuture.get()
    }
}
