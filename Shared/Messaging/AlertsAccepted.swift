import Domain

/// Committed alerts of one company: a wake-up for the Correlator, and the live view of the Console.
public struct AlertsAccepted: MessagePayload {
    public static let type = "alerts.accepted"
    public static let version = 1

    /// One alert, as the live stream shows it.
    public struct Item: Sendable, Codable, Equatable {
        public var id: String
        public var integrationID: String
        public var event: String
        public var asset: String
        public var signature: String
        public var severity: String
        public var message: String
        public var toolSource: String
        public var eventAt: Timestamp
        public var receivedAt: Timestamp

        public init(
            id: String, integrationID: String, event: String, asset: String, signature: String, severity: String,
            message: String, toolSource: String, eventAt: Timestamp, receivedAt: Timestamp
        ) {
            self.id = id
            self.integrationID = integrationID
            self.event = event
            self.asset = asset
            self.signature = signature
            self.severity = severity
            self.message = message
            self.toolSource = toolSource
            self.eventAt = eventAt
            self.receivedAt = receivedAt
        }

        enum CodingKeys: String, CodingKey {
            case id
            case integrationID = "integration_id"
            case event, asset, signature, severity, message
            case toolSource = "tool_source"
            case eventAt = "event_at"
            case receivedAt = "received_at"
        }
    }

    /// All of them, also those that `items` leaves out.
    public var count: Int
    /// At most 20, the newest.
    public var items: [Item]

    public init(count: Int, items: [Item]) {
        self.count = count
        self.items = items
    }
}
