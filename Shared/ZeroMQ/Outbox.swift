import Synchronization

/// The outbound queue of one channel: filled from any thread, emptied by the socket thread.
final class Outbox: Sendable {
    struct Message {
        var topic: String
        var body: [UInt8]

        var size: Int { topic.utf8.count + body.count }
    }

    private struct State {
        var waiting: [Message] = []
        /// Waiting, plus taken by the socket thread but not settled yet.
        var depth = 0
        var bytes = 0
        var hasPeer = false
        var statistics = ChannelStatistics()
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let byteLimit: Int
    private let wake: WakeSignal

    init(capacity: Int, byteLimit: Int, wake: WakeSignal) {
        self.capacity = capacity
        self.byteLimit = byteLimit
        self.wake = wake
    }

    /// Queues a message, or says why not.
    func offer(topic: String, body: [UInt8]) -> SendOutcome {
        let message = Message(topic: topic, body: body)
        let outcome: SendOutcome = state.withLock { state in
            guard max(body.count, topic.utf8.count) <= BusConfiguration.maximumBodyBytes else {
                state.statistics.unsentTooLarge += 1
                return .full
            }
            guard state.hasPeer else {
                state.statistics.unsentNoPeer += 1
                return .noPeer
            }
            guard state.depth < capacity, state.bytes < byteLimit else {
                state.statistics.unsentFull += 1
                return .full
            }
            state.waiting.append(message)
            state.depth += 1
            state.bytes += message.size
            return .queued
        }
        if outcome == .queued { wake.raise() }
        return outcome
    }

    /// Says whether anybody can get a message now. Without a peer nothing is taken in.
    func setHasPeer(_ hasPeer: Bool) {
        state.withLock { $0.hasPeer = hasPeer }
    }

    /// Swaps what waits into `batch`, which must be empty; its storage is used again.
    func take(into batch: inout [Message]) {
        state.withLock { swap(&$0.waiting, &batch) }
    }

    /// Frees the room of messages taken earlier.
    func settle(sent: Int, discarded: Int, bytes: Int) {
        state.withLock { state in
            state.depth -= sent + discarded
            state.bytes -= bytes
            state.statistics.sent += sent
            state.statistics.unsentNoPeer += discarded
        }
    }

    /// Changes counts that the socket thread keeps.
    func record(_ change: (inout ChannelStatistics) -> Void) {
        state.withLock { change(&$0.statistics) }
    }

    var statistics: ChannelStatistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.queued = state.depth
            return statistics
        }
    }
}
