/// The state of a pool at one moment, and its counters since it was made.
public struct PoolStatistics: Sendable, Equatable {
    /// Connections there are, idle or in use.
    public var open = 0
    /// Connections without work.
    public var idle = 0
    /// Connections being made.
    public var opening = 0
    /// Callers waiting for a connection.
    public var waiting = 0
    /// The most connections there may be.
    public var maximum = 0
    /// Times a connection was handed out.
    public var acquired = 0
    /// Total time that callers waited for a connection they got, in nanoseconds.
    public var acquireWaitNanoseconds: Int64 = 0
    /// Callers who gave up waiting because the time was over.
    public var acquireTimeouts = 0
    /// Connections made.
    public var opened = 0
    /// Connections thrown away because they had ended or were in an unknown state.
    public var discarded = 0
    /// Attempts to connect that have failed since the last one that did not. Above 0, the database is out of reach.
    public var consecutiveConnectFailures = 0
}
