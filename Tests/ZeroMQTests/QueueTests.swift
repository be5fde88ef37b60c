import Testing

@testable import ZeroMQ

@Suite("Queues")
struct QueueTests {
    private func message(_ number: Int, size: Int = 1) -> BusMessage {
        BusMessage(channel: "c", topic: "\(number)", body: Array(repeating: 0, count: size))
    }

    private func inbox(_ capacity: Int, bytes: Int = 1000, _ whenFull: Inbox.WhenFull = .pause) -> Inbox {
        Inbox(capacity: capacity, byteLimit: bytes, whenFull: whenFull, wake: WakeSignal())
    }

    @Test("A queue gives back what it got, in order, through many rounds")
    func fifo() {
        var queue = FIFO<Int>()
        var (put, got) = (0, 0)
        for round in 0..<600 {
            for _ in 0..<(round % 7 + 1) {
                queue.append(put)
                put += 1
            }
            for _ in 0..<(round % 6) {
                guard let next = queue.popFirst() else { break }
                #expect(next == got)
                got += 1
            }
        }
        #expect(queue.count == put - got)
        while let next = queue.popFirst() {
            #expect(next == got)
            got += 1
        }
        #expect(got == put && queue.isEmpty)
    }

    @Test("An inbox that pauses has room for its capacity, in messages and in bytes")
    func room() async {
        let byCount = inbox(3)
        #expect(byCount.room() == 3)
        byCount.append([message(1), message(2), message(3)], malformed: 0)
        #expect(byCount.room() == 0)
        #expect(await byCount.next()?.topic == "1")
        #expect(byCount.room() == 1)
        let byBytes = inbox(3, bytes: 10)
        byBytes.append([message(1, size: 11)], malformed: 0)
        #expect(byBytes.room() == 0)
        _ = await byBytes.next()
        #expect(byBytes.room() == 3)
    }

    @Test("An inbox that drops keeps the newest within messages and bytes, and always the last one")
    func dropOldest() async {
        let inbox = inbox(3, bytes: 10, .dropOldest)
        #expect(inbox.room() == .max)
        inbox.append((1...5).map { message($0) }, malformed: 0)
        #expect(inbox.statistics.dropped == 2 && inbox.statistics.buffered == 3)
        inbox.append([message(6, size: 50)], malformed: 0)
        #expect(inbox.statistics.dropped == 5)
        #expect(await inbox.next()?.topic == "6")
    }

    @Test("A cancelled consumer stops waiting and takes nothing with it")
    func cancellation() async {
        let inbox = inbox(3)
        await withTaskGroup(of: BusMessage?.self) { tasks in
            tasks.addTask { await inbox.next() }
            tasks.cancelAll()
            #expect(await tasks.next() == .some(nil))
        }
        inbox.append([message(1)], malformed: 0)
        #expect(await inbox.next()?.topic == "1")
    }

    @Test("A finished inbox gives what it holds, then ends; waiting consumers end too")
    func finish() async {
        let held = inbox(3)
        held.append([message(1)], malformed: 2)
        held.finish()
        #expect(held.statistics.malformed == 2)
        #expect(await held.next()?.topic == "1")
        #expect(await held.next() == nil)
        let empty = inbox(3)
        await withTaskGroup(of: BusMessage?.self) { tasks in
            for _ in 0..<3 { tasks.addTask { await empty.next() } }
            empty.finish()
            for await message in tasks { #expect(message == nil) }
        }
    }

    @Test("An outbox takes nothing without a peer, and no more than its capacity and bytes with one")
    func outbox() {
        let outbox = Outbox(capacity: 2, byteLimit: 100, wake: WakeSignal())
        #expect(outbox.offer(topic: "t", body: [1]) == .noPeer)
        outbox.setHasPeer(true)
        #expect(outbox.offer(topic: "t", body: [1]) == .queued)
        #expect(outbox.offer(topic: "t", body: Array(repeating: 0, count: 200)) == .queued)
        #expect(outbox.offer(topic: "t", body: [1]) == .full)
        var batch: [Outbox.Message] = []
        outbox.take(into: &batch)
        #expect(batch.count == 2 && outbox.statistics.queued == 2)
        outbox.settle(sent: 1, discarded: 0, bytes: batch[0].size)
        #expect(outbox.offer(topic: "t", body: [1]) == .full)
        outbox.settle(sent: 0, discarded: 1, bytes: batch[1].size)
        #expect(outbox.offer(topic: "t", body: [1]) == .queued)
        let statistics = outbox.statistics
        #expect(statistics.sent == 1 && statistics.unsentNoPeer == 2 && statistics.unsentFull == 2)
        #expect(statistics.unsent == 4)
    }
}
