import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing

@testable import HTTPServing

@Suite("WebSocket back-pressure", .timeLimit(.minutes(1)))
struct WebSocketBackPressureTests {
    @Test("the socket is not read while messages wait, and is again when they have been taken")
    func heldReads() async throws {
        let channel = NIOAsyncTestingChannel()
        let reads = ReadCounter()
        let connection = try await channel.testingEventLoop.executeInContext {
            let outbox = WebSocketOutbox(limits: .init())
            let frames = WebSocketFrameHandler(limits: .init(), outbox: outbox)
            let connection = WebSocketConnection(channel: channel, handler: frames, outbox: outbox)
            try channel.pipeline.syncOperations.addHandlers([reads, frames])
            return connection
        }
        for number in 0..<8 {
            let open = try await readsReaching(reads, on: channel)
            #expect(open == 1, "before message \(number)")
            try await channel.writeInbound(frame("\(number)"))
        }
        #expect(try await readsReaching(reads, on: channel) == 0)
        var messages = connection.messages.makeAsyncIterator()
        for number in 0..<8 { #expect(try await messages.next() == "\(number)") }
        await channel.testingEventLoop.run()
        // The read that was held goes through, and the next at once.
        #expect(try await readsReaching(reads, on: channel) == 2)
        _ = try await channel.finish(acceptAlreadyClosed: true)
    }

    /// How many reads come through, with one more asked for.
    private func readsReaching(_ reads: ReadCounter, on channel: NIOAsyncTestingChannel) async throws -> Int {
        try await channel.testingEventLoop.executeInContext {
            channel.pipeline.read()
            return reads.take()
        }
    }

    private func frame(_ text: String) -> WebSocketFrame {
        let key: WebSocketMaskingKey = [1, 2, 3, 4]
        var data = ByteBuffer(string: text)
        data.webSocketMask(key)
        return WebSocketFrame(fin: true, opcode: .text, maskKey: key, data: data)
    }
}

/// Counts the reads that reach the socket.
///
/// `@unchecked Sendable`: only touched on the event loop of its channel.
private final class ReadCounter: ChannelOutboundHandler, @unchecked Sendable {
    typealias OutboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private var count = 0

    func read(context: ChannelHandlerContext) {
        count += 1
        context.read()
    }

    func take() -> Int {
        defer { count = 0 }
        return count
    }
}
