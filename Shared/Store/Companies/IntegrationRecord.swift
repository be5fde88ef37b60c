import Domain
import Postgres

/// A tool that sends alerts for a company, without its secrets.
public struct IntegrationRecord: Sendable, Equatable {
    public var companyID: CompanyID
    public var id: IntegrationID
    public var name: String
    /// `generic`, `prometheus`, …: which body its requests have.
    public var source: String
    /// `hmac`, `bearer` or `secret_url`.
    public var auth: String
    public var isDefault: Bool
    public var apiKeyPrefix: String
    public var isEnabled: Bool
    public var version: Int64
    /// To the minute.
    public var lastSeenAt: Timestamp?
    public var createdAt: Timestamp

    static let selection = """
        company_id, id, name, source, auth, is_default, api_key_prefix, enabled, version, last_seen_at, created_at
        """
    static let columns = [
        Column("company_id", .text), Column("id", .text), Column("name", .text), Column("source", .text),
        Column("auth", .text), Column("is_default", .bool), Column("api_key_prefix", .text),
        Column("enabled", .bool), Column("version", .int8), Column("last_seen_at", .timestamptz),
        Column("created_at", .timestamptz),
    ]

    init(_ row: inout RowReader) throws {
        companyID = CompanyID(try row.text())
        id = IntegrationID(try row.text())
        name = try row.text()
        source = try row.text()
        auth = try row.text()
        isDefault = try row.bool()
        apiKeyPrefix = try row.text()
        isEnabled = try row.bool()
        version = try row.int8()
        lastSeenAt = try row.instantOrNil()
        createdAt = try row.instant()
    }

    /// What the journal says of it: never a key or secret.
    var facts: JSONValue {
        [
            "name": .string(name), "source": .string(source), "auth": .string(auth), "enabled": .bool(isEnabled),
            "api_key_prefix": .string(apiKeyPrefix),
        ]
    }
}

/// An integration with secrets that are shown this once.
public struct IntegrationCredentialsShown: Sendable {
    public var integration: IntegrationRecord
    public var apiKey: String
    public var hmacSecret: String
}
