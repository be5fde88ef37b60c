/// Counts since the bus was made, and what it holds now.
public struct BusStatistics: Sendable, Equatable {
    /// One entry per configured channel, by name.
    public var channels: [String: ChannelStatistics] = [:]
    /// Live instances in the last reading of the directory, this one included.
    public var fleetSize = 0
    /// Handshakes refused because the key was not registered. A peer that starts up may add a few.
    public var refusedHandshakes = 0

    /// The entry of a channel; all zero when the channel is not configured.
    public subscript(channel: Channel) -> ChannelStatistics { channels[channel.name] ?? ChannelStatistics() }
}

/// Counts of one channel, both directions.
public struct ChannelStatistics: Sendable, Equatable {
    /// Where this side connects (push, subscribe): peers whose encrypted connection stands now.
    public var peers = 0
    /// Where this side binds (pull, publish): TCP connections now, including ones still being authenticated.
    public var accepted = 0
    /// Where this side publishes: distinct topic prefixes subscribed to now.
    public var subscriptions = 0

    /// Messages handed to ZeroMQ. For publish that includes ones it drops for a slow subscriber.
    public var sent = 0
    /// Messages dropped because nobody was connected or subscribed.
    public var unsentNoPeer = 0
    /// Messages refused because the outbound queue was full.
    public var unsentFull = 0
    /// Messages refused because the body was above ``BusConfiguration/maximumBodyBytes``.
    public var unsentTooLarge = 0
    /// Messages waiting in the outbound queue now.
    public var queued = 0

    /// Well-formed messages read from peers, including those dropped later.
    public var received = 0
    /// Messages dropped unread because a subscriber was too slow (oldest first).
    public var dropped = 0
    /// Messages dropped because they were not two frames, or the topic was not UTF-8.
    public var malformed = 0
    /// Messages waiting for the consumer now.
    public var buffered = 0

    /// Adds up two directions of one channel.
    static func + (left: Self, right: Self) -> Self {
        var sum = left
        for count in counts { sum[keyPath: count] += right[keyPath: count] }
        return sum
    }

    private static let counts: [any WritableKeyPath<Self, Int> & Sendable] = [
        \.peers, \.accepted, \.subscriptions, \.sent, \.unsentNoPeer, \.unsentFull, \.unsentTooLarge, \.queued,
        \.received, \.dropped, \.malformed, \.buffered,
    ]

    /// All messages that were not sent, whatever the reason.
    public var unsent: Int { unsentNoPeer + unsentFull + unsentTooLarge }
}

/// Whether an instance takes part in the bus, and what is missing.
public struct BusReadiness: Sendable, Equatable {
    /// This instance's row is in the directory, as far as it knows.
    public var isRegistered = false
    /// The directory was read at least once after registering, so connections to peers have begun.
    public var hasReadDirectory = false
    /// Since when readings of the directory succeed, microseconds since 1970 UTC; `nil` while the last one failed.
    /// The bus goes on with the peers it has.
    public var directoryReadableSince: Int64?

    /// Registered, and peers were looked up.
    public var isReady: Bool { isRegistered && hasReadDirectory }
}
