/// A message as it arrived from the bus.
public struct BusMessage: Sendable, Equatable {
    /// The name of the channel it came by.
    public let channel: String
    /// The topic, valid UTF-8, may be empty.
    public let topic: String
    /// The body as sent; the bus does not look into it.
    public let body: [UInt8]

    /// Makes a message; used by stand-ins for the bus in tests.
    public init(channel: String, topic: String, body: [UInt8]) {
        self.channel = channel
        self.topic = topic
        self.body = body
    }
}

/// What became of a message handed to ``Bus/send(_:topic:body:)``.
public enum SendOutcome: Sendable, Equatable {
    /// Taken into the outbound queue. Not a promise of delivery: what is queued for a peer that dies is lost.
    case queued
    /// Nobody is connected (or subscribed) on this channel now. The message is dropped and counted.
    case noPeer
    /// The outbound queue is full, or the message is larger than the bus carries. It is dropped and counted.
    case full
}
