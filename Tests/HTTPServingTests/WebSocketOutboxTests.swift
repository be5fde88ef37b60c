import NIOCore
import Testing

@testable import HTTPServing

@Suite("WebSocket outbox", .timeLimit(.minutes(1)))
struct WebSocketOutboxTests {
    private let outbox = WebSocketOutbox(limits: WebSocketLimits(outboundQueueFrames: 3, outboundQueueBytes: 10))
    private let four = ByteBuffer(string: "1234")

    @Test("the event loop is woken once for all that waits")
    func wake() {
        #expect(outbox.offer(four) == .queued(wake: true))
        #expect(outbox.offer(four) == .queued(wake: false))
        #expect(outbox.take() == [four, four])
        #expect(outbox.take() == [])
    }

    @Test("what was taken counts until it is written")
    func counting() {
        for _ in 0..<2 { _ = outbox.offer(four) }
        for payload in outbox.take() { outbox.written(bytes: payload.readableBytes) }
        for _ in 0..<2 { _ = outbox.offer(four) }
        #expect(outbox.take() == [four, four])
        #expect(outbox.offer(four) == .overflow)
    }

    @Test("too many frames overflow, once, and what waited is dropped")
    func tooManyFrames() {
        for _ in 0..<3 { _ = outbox.offer(ByteBuffer()) }
        #expect(outbox.offer(ByteBuffer()) == .overflow)
        #expect(outbox.offer(ByteBuffer()) == .sealed)
        #expect(outbox.isSealed)
        #expect(outbox.take() == [])
    }

    @Test("a message larger than the queue is taken when nothing else waits")
    func large() {
        #expect(outbox.offer(ByteBuffer(string: "12345678901")) == .queued(wake: true))
        #expect(outbox.offer(ByteBuffer(string: "1")) == .overflow)
    }

    @Test("a sealed queue takes nothing, hands out what waited and keeps its first code")
    func seal() {
        _ = outbox.offer(four)
        outbox.seal(closeCode: 1000)
        outbox.seal(closeCode: 1006)
        #expect(outbox.offer(four) == .sealed)
        #expect(outbox.take() == [four])
        #expect(outbox.closeCode == 1000)
    }

    @Test("who waits for room goes on when half of the queue is free, when it is sealed, and when cancelled")
    func room() async {
        for _ in 0..<3 { _ = outbox.offer(ByteBuffer()) }
        for _ in outbox.take() { outbox.written(bytes: 0) }
        await outbox.room()

        for _ in 0..<3 { _ = outbox.offer(ByteBuffer()) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [outbox] in await outbox.room() }
            group.cancelAll()
        }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<3 { group.addTask { [outbox] in await outbox.room() } }
            outbox.written(bytes: 0)
            outbox.written(bytes: 0)
        }
        for _ in 0..<2 { _ = outbox.offer(ByteBuffer()) }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<3 { group.addTask { [outbox] in await outbox.room() } }
            outbox.seal(closeCode: nil)
        }
        #expect(outbox.isSealed)
    }
}
