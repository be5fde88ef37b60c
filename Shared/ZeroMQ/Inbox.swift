import Synchronization

/// The inbound buffer of one channel: filled by the socket thread, emptied by consumers.
final class Inbox: Sendable {
    enum WhenFull {
        /// The socket thread stops reading until half of the buffer is free again.
        case pause
        /// The oldest messages make room and are counted.
        case dropOldest
    }

    private struct Waiter {
        let id: UInt64
        let continuation: CheckedContinuation<BusMessage?, Never>
    }

    private struct State {
        var messages = FIFO<BusMessage>()
        var bytes = 0
        var waiters: [Waiter] = []
        var nextWaiter: UInt64 = 0
        var isPaused = false
        var isFinished = false
        var statistics = ChannelStatistics()

        mutating func pop() -> BusMessage? {
            guard let message = messages.popFirst() else { return nil }
            bytes -= message.body.count
            return message
        }

        /// Ends a pause once half of the room is free; `true` when it just did.
        mutating func resumes(_ capacity: Int, _ byteLimit: Int) -> Bool {
            guard isPaused, messages.count <= capacity / 2, bytes < byteLimit else { return false }
            isPaused = false
            return true
        }
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let byteLimit: Int
    private let whenFull: WhenFull
    private let wake: WakeSignal

    init(capacity: Int, byteLimit: Int, whenFull: WhenFull, wake: WakeSignal) {
        self.capacity = capacity
        self.byteLimit = byteLimit
        self.whenFull = whenFull
        self.wake = wake
    }

    // MARK: Socket thread

    /// How many messages may be appended now. At 0 the buffer wakes the socket thread when there is room again.
    func room() -> Int {
        guard whenFull == .pause else { return .max }
        return state.withLock { state in
            let room = state.bytes < byteLimit ? capacity - state.messages.count : 0
            state.isPaused = room <= 0
            return max(room, 0)
        }
    }

    /// Takes in what was read, and counts it.
    func append(_ messages: [BusMessage], malformed: Int) {
        let handed = state.withLock { state in
            state.statistics.received += messages.count
            state.statistics.malformed += malformed
            guard !state.isFinished else { return [(Waiter, BusMessage)]() }
            let direct = min(state.waiters.count, messages.count)
            let handed = Array(zip(state.waiters.prefix(direct), messages.prefix(direct)))
            state.waiters.removeFirst(direct)
            for message in messages.dropFirst(direct) {
                state.messages.append(message)
                state.bytes += message.body.count
            }
            if whenFull == .dropOldest {
                while state.messages.count > capacity || (state.bytes > byteLimit && state.messages.count > 1) {
                    _ = state.pop()
                    state.statistics.dropped += 1
                }
            }
            return handed
        }
        for (waiter, message) in handed { waiter.continuation.resume(returning: message) }
    }

    /// Ends the sequence: consumers get what is buffered, then `nil`.
    func finish() {
        let waiters = state.withLock { state in
            state.isFinished = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.continuation.resume(returning: nil) }
    }

    /// Changes counts that the socket thread keeps.
    func record(_ change: (inout ChannelStatistics) -> Void) {
        state.withLock { change(&$0.statistics) }
    }

    var statistics: ChannelStatistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.buffered = state.messages.count
            return statistics
        }
    }

    // MARK: Consumers

    private enum Pop {
        case message(BusMessage)
        case empty
        case finished
    }

    /// The next message in order of arrival; `nil` at the end, or when the calling task is cancelled.
    func next() async -> BusMessage? {
        switch pop() {
        case .message(let message): return message
        case .finished: return nil
        case .empty: break
        }
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { wait(Waiter(id: id, continuation: $0)) }
        } onCancel: {
            cancel(id)
        }
    }

    private func pop() -> Pop {
        let (result, hasRoomAgain) = state.withLock { state -> (Pop, Bool) in
            guard let message = state.pop() else { return (state.isFinished ? .finished : .empty, false) }
            return (.message(message), state.resumes(capacity, byteLimit))
        }
        if hasRoomAgain { wake.raise() }
        return result
    }

    /// Queues a consumer unless something happened since it found the buffer empty.
    private func wait(_ waiter: Waiter) {
        let (answer, hasRoomAgain) = state.withLock { state -> (BusMessage??, Bool) in
            // A cancellation after this check finds the waiter in the list, because it needs the same lock.
            if Task.isCancelled { return (.some(nil), false) }
            if let message = state.pop() { return (message, state.resumes(capacity, byteLimit)) }
            if state.isFinished { return (.some(nil), false) }
            state.waiters.append(waiter)
            return (nil, false)
        }
        if hasRoomAgain { wake.raise() }
        if let answer { waiter.continuation.resume(returning: answer) }
    }

    private func cancel(_ id: UInt64) {
        let waiter = state.withLock { state in
            state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
        }
        waiter?.continuation.resume(returning: nil)
    }
}

/// The messages of one channel, in order of arrival.
///
/// Ends when the bus has stopped and everything buffered was taken. Sequences of the same channel share one buffer:
/// each message goes to one of the consumers.
public struct BusMessages: AsyncSequence, Sendable {
    public typealias Element = BusMessage
    public typealias Failure = Never

    /// `nil` for a channel the bus does not consume.
    let inbox: Inbox?

    /// Takes messages one by one; cancelling the task that waits ends its iteration and loses nothing.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let inbox: Inbox?

        public mutating func next() async -> BusMessage? { await inbox?.next() }

        public mutating func next(isolation actor: isolated (any Actor)?) async -> BusMessage? { await inbox?.next() }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(inbox: inbox) }
}
