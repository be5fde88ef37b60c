/// A named stream of messages between services.
///
/// A name belongs to one pattern throughout the platform; two channels that share a name but not a pattern do not meet.
public struct Channel: Hashable, Sendable, CustomStringConvertible {
    /// How messages spread over the consumers of a channel.
    public enum Pattern: String, Hashable, Sendable, Codable {
        /// Each message reaches one of the instances that pull (load balanced).
        case pushPull
        /// Each message reaches every instance that subscribes to a prefix of its topic.
        case publishSubscribe
    }

    /// The name under which instances announce the channel in the directory, e.g. `alerts`.
    public let name: String
    /// How messages spread over the consumers.
    public let pattern: Pattern

    /// Names a channel.
    public init(_ name: String, _ pattern: Pattern) {
        self.name = name
        self.pattern = pattern
    }

    /// The name alone.
    public var description: String { name }
}
