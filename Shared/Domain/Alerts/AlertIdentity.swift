/// What makes two events speak of the same alert: the integration they came by and the dedup key. Unique per company.
public struct AlertIdentity: Sendable, Hashable {
    public var integrationID: IntegrationID
    public var dedupKey: String

    public init(integrationID: IntegrationID, dedupKey: String) {
        self.integrationID = integrationID
        self.dedupKey = dedupKey
    }
}
