/// What a monitoring tool said about one of its alerts, normalised: the tool's own words are gone, its facts kept.
///
/// Holds no company and no id: those are known to whoever received it.
public struct AlertEvent: Sendable, Equatable {
    /// Whether the condition began (or still holds), or ended.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case firing, resolved
    }

    public var kind: Kind
    /// The server or service that the alert is about, 1–255 characters. With the company it is the asset's identity.
    public var asset: String
    /// What is wrong, as the tool names the rule: `high_cpu_usage`, `InstanceDown`. 1–255 characters.
    public var signature: String
    public var severity: Severity
    /// What the tool called the severity, before it was mapped.
    public var originalSeverity: String
    /// For people, at most 8,192 characters.
    public var message: String
    /// The monitoring tool's name, `Datadog`. Empty when it gave none.
    public var toolSource: String
    /// The tool's own identity for the alert; nil to use asset, signature and tool.
    public var dedupKey: String?
    /// When the tool says that it happened; nil when it does not say.
    public var timestamp: Timestamp?
    public var labels: [String: String]
    public var links: [String]

    public init(
        kind: Kind = .firing, asset: String, signature: String, severity: Severity, originalSeverity: String? = nil,
        message: String, toolSource: String = "", dedupKey: String? = nil, timestamp: Timestamp? = nil,
        labels: [String: String] = [:], links: [String] = []
    ) {
        self.kind = kind
        self.asset = asset
        self.signature = signature
        self.severity = severity
        self.originalSeverity = originalSeverity ?? severity.rawValue
        self.message = message
        self.toolSource = toolSource
        self.dedupKey = dedupKey
        self.timestamp = timestamp
        self.labels = labels
        self.links = links
    }

    /// The dedup key in force: the tool's own, or one made of asset, signature and tool (each prefixed by its length in
    /// bytes, so that no two triples give one key).
    public var effectiveDedupKey: String {
        dedupKey ?? LengthPrefixed.join([asset, signature, toolSource])
    }

    /// The moment that correlation uses: the tool's timestamp when it lies 0–10 minutes before receipt, else the
    /// receipt.
    public func eventTime(receivedAt: Timestamp) -> Timestamp {
        guard let timestamp, timestamp <= receivedAt, receivedAt - timestamp <= .seconds(600) else {
            return receivedAt
        }
        return timestamp
    }
}

/// Joins texts so that the parts can't run into one another: `3:web|8:high_cpu`.
enum LengthPrefixed {
    static func join(_ parts: [String]) -> String {
        var joined = ""
        joined.reserveCapacity(parts.reduce(0) { $0 + $1.utf8.count + 5 })
        for part in parts {
            if !joined.isEmpty { joined += "|" }
            joined += String(part.utf8.count)
            joined += ":"
            joined += part
        }
        return joined
    }
}
