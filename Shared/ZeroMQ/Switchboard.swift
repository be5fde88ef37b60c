import Synchronization

/// What the socket thread shares with the rest of the process: queues, orders to it, and its counts.
final class Switchboard: Sendable {
    private struct Orders {
        var fleet: Fleet?
        var isStopping = false
    }

    let wake: WakeSignal
    let outboxes: [Channel: Outbox]
    let inboxes: [Channel: Inbox]
    private let refusals = Atomic<Int>(0)
    private let orders = Mutex(Orders())
    private let onStale: @Sendable () -> Void

    /// - Parameter onStale: Called on the socket thread when what it knows of the directory is too old; must not block.
    init(_ configuration: BusConfiguration, onStale: @escaping @Sendable () -> Void) {
        let wake = WakeSignal()
        let limit = configuration.bufferBytes
        var outboxes: [Channel: Outbox] = [:]
        var inboxes: [Channel: Inbox] = [:]
        for channel in configuration.pushes + configuration.publishes {
            outboxes[channel] = Outbox(capacity: configuration.sendHighWaterMark, byteLimit: limit, wake: wake)
        }
        for channel in configuration.pulls + configuration.subscribes.keys {
            inboxes[channel] = Inbox(
                capacity: configuration.inboundBuffer, byteLimit: limit,
                whenFull: channel.pattern == .pushPull ? .pause : .dropOldest, wake: wake)
        }
        self.wake = wake
        self.outboxes = outboxes
        self.inboxes = inboxes
        self.onStale = onStale
    }

    /// Orders the socket thread to connect, drop and admit by this fleet. Only the newest order counts.
    func apply(_ fleet: Fleet) {
        orders.withLock { $0.fleet = fleet }
        wake.raise()
    }

    /// Orders the socket thread to send what is queued, for a short time, and end.
    func stop() {
        orders.withLock { $0.isStopping = true }
        wake.raise()
    }

    /// Takes the orders given since the last call. Stopping stays ordered.
    func takeOrders() -> (fleet: Fleet?, isStopping: Bool) {
        orders.withLock { orders in
            defer { orders.fleet = nil }
            return (orders.fleet, orders.isStopping)
        }
    }

    /// Notes a refused handshake.
    func countRefusal() { refusals.add(1, ordering: .relaxed) }

    /// Asks for another reading of the directory.
    func requestRefresh() { onStale() }

    /// Ends all queues. Called when the socket thread has ended or never started.
    func close() {
        for outbox in outboxes.values {
            outbox.setHasPeer(false)
            outbox.record { ($0.peers, $0.accepted, $0.subscriptions) = (0, 0, 0) }
        }
        for inbox in inboxes.values {
            inbox.record { ($0.peers, $0.accepted) = (0, 0) }
            inbox.finish()
        }
    }

    var statistics: BusStatistics {
        var statistics = BusStatistics()
        statistics.refusedHandshakes = refusals.load(ordering: .relaxed)
        for (channel, outbox) in outboxes { statistics.add(outbox.statistics, to: channel) }
        for (channel, inbox) in inboxes { statistics.add(inbox.statistics, to: channel) }
        return statistics
    }
}

extension BusStatistics {
    fileprivate mutating func add(_ part: ChannelStatistics, to channel: Channel) {
        channels[channel.name] = channels[channel.name, default: ChannelStatistics()] + part
    }
}
