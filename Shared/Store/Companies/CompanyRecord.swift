import Domain
import Postgres

/// A client company as it is stored.
public struct CompanyRecord: Sendable, Equatable {
    public var id: CompanyID
    public var name: String
    public var rateLimit: RateLimitSettings
    /// The sections as they are stored: what is left out has its default. See ``CompanySettings``.
    public var correlation: JSONValue
    public var sla: JSONValue
    public var assignment: JSONValue
    public var notifications: JSONValue
    public var priority: JSONValue
    public var version: Int64
    public var createdAt: Timestamp
    public var updatedAt: Timestamp
    /// How requests of the default integration prove themselves: `hmac`, `bearer` or `secret_url`.
    public var defaultAuth: String
    /// The first characters of the default integration's key.
    public var apiKeyPrefix: String

    static let selection = """
        c.company_id, c.name, c.rate_per_minute, c.rate_burst, c.correlation, c.sla, c.assignment, c.notifications,
        c.priority, c.version, c.created_at, c.updated_at, coalesce(i.auth, '') AS auth,
        coalesce(i.api_key_prefix, '') AS api_key_prefix
        """
    static let source = "company c LEFT JOIN integration i ON i.company_id = c.company_id AND i.is_default"
    static let columns = [
        Column("company_id", .text), Column("name", .text), Column("rate_per_minute", .int4),
        Column("rate_burst", .int4), Column("correlation", .jsonb), Column("sla", .jsonb),
        Column("assignment", .jsonb), Column("notifications", .jsonb), Column("priority", .jsonb),
        Column("version", .int8), Column("created_at", .timestamptz), Column("updated_at", .timestamptz),
        Column("auth", .text), Column("api_key_prefix", .text),
    ]

    init(_ row: inout RowReader) throws {
        id = CompanyID(try row.text())
        name = try row.text()
        rateLimit = RateLimitSettings(perMinute: try row.int(), burst: try row.int())
        correlation = try JSONValue(parsing: row.jsonb())
        sla = try JSONValue(parsing: row.jsonb())
        assignment = try JSONValue(parsing: row.jsonb())
        notifications = try JSONValue(parsing: row.jsonb())
        priority = try JSONValue(parsing: row.jsonb())
        version = try row.int8()
        createdAt = try row.instant()
        updatedAt = try row.instant()
        defaultAuth = try row.text()
        apiKeyPrefix = try row.text()
    }

    /// What the journal says of it.
    var facts: JSONValue { ["name": .string(name)] }
}
