import Domain
import Foundation
import Postgres

/// A company's settings for decisions.
public struct CompanyPolicy: Sendable {
    public var correlation: CorrelationPolicy
    public var priority: PriorityWeights
}

struct ReadCompanyPolicy: Statement {
    var companyID: CompanyID

    typealias Row = CompanyPolicy
    static let name = "read_company_policy"
    static let sql = "SELECT correlation, priority FROM company WHERE company_id = $1"
    static let parameters: [PostgresType] = [.text]
    static let columns = [Column("correlation", .jsonb), Column("priority", .jsonb)]

    func bind(_ bindings: inout Bindings) { bindings.text(companyID.rawValue) }

    static func decode(_ row: inout RowReader) throws -> CompanyPolicy {
        CompanyPolicy(
            correlation: try SettingsJSON.merged(CorrelationPolicy(), with: try row.jsonb()),
            priority: try SettingsJSON.merged(PriorityWeights(), with: try row.jsonb()))
    }
}

/// Stored settings hold only what differs from the defaults.
public enum SettingsJSON {
    /// `defaults` with the fields that `stored`, a JSON object, names.
    public static func merged<Value: Codable>(_ defaults: Value, with stored: [UInt8]) throws -> Value {
        guard stored.count > 2 else { return defaults }
        let base = try JSONSerialization.jsonObject(with: try JSONEncoder().encode(defaults)) as? [String: Any] ?? [:]
        let changes = try JSONSerialization.jsonObject(with: Data(stored)) as? [String: Any] ?? [:]
        let merged = base.merging(changes) { $1 }
        return try JSONDecoder().decode(Value.self, from: try JSONSerialization.data(withJSONObject: merged))
    }
}

/// The assets named and everything upstream of them, at most ten steps.
struct ReadAssetFacts: Statement {
    var companyID: CompanyID
    var names: [String]

    typealias Row = AssetFacts
    static let name = "read_asset_facts"
    static let sql = """
        WITH RECURSIVE upstream AS (
            SELECT id, name, kind, critical, depends_on, 0 AS depth FROM asset
            WHERE company_id = $1 AND name = ANY ($2)
            UNION
            SELECT a.id, a.name, a.kind, a.critical, a.depends_on, u.depth + 1
            FROM upstream u CROSS JOIN LATERAL unnest(u.depends_on) AS needed (id)
            JOIN asset a ON a.company_id = $1 AND a.id = needed.id
            WHERE u.depth < 10
        )
        SELECT DISTINCT ON (u.id) u.name, u.kind, u.critical,
            CASE WHEN u.depends_on = '{}' THEN '{}' ELSE
                (SELECT coalesce(array_agg(d.name ORDER BY d.name), '{}') FROM asset d
                    WHERE d.company_id = $1 AND d.id = ANY (u.depends_on)) END AS depends_on
        FROM upstream u ORDER BY u.id
        """
    static let parameters: [PostgresType] = [.text, .textArray]
    static let columns = [
        Column("name", .text), Column("kind", .text), Column("critical", .bool), Column("depends_on", .textArray),
    ]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.textArray(names)
    }

    static func decode(_ row: inout RowReader) throws -> AssetFacts {
        AssetFacts(
            name: try row.text(), kind: try row.text(), isCritical: try row.bool(), dependsOn: try row.textArray())
    }
}

/// New assets appear with their first alert.
struct InsertAssets: Statement {
    var companyID: CompanyID
    var names: [String]
    var now: Timestamp

    typealias Row = Void
    static let name = "insert_assets"
    static let sql = """
        INSERT INTO asset (company_id, id, name, created_at, updated_at)
        SELECT $1, id, name, $4, $4 FROM unnest($2::text[], $3::text[]) AS fresh (id, name)
        ON CONFLICT (company_id, name) DO NOTHING
        """
    static let parameters: [PostgresType] = [.text, .textArray, .textArray, .timestamptz]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.textArray(names.map { _ in IdentifierMint.text("ast", at: now) })
        bindings.textArray(names)
        bindings.instant(now)
    }
}

struct ReadKeyOwners: Statement {
    var companyID: CompanyID
    var keys: [String]

    typealias Row = (key: CorrelationKey, owner: IncidentID)
    static let name = "read_key_owners"
    static let sql = """
        SELECT k.key, k.incident_id FROM unnest($2::text[]) AS wanted (key)
        CROSS JOIN LATERAL (
            SELECT key, incident_id FROM incident_key WHERE company_id = $1 AND key = wanted.key OFFSET 0
        ) k
        """
    static let parameters: [PostgresType] = [.text, .textArray]
    static let columns = [Column("key", .text), Column("incident_id", .text)]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.textArray(keys)
    }

    static func decode(_ row: inout RowReader) throws -> Row {
        (CorrelationKey(stored: try row.text()), IncidentID(try row.text()))
    }
}

struct ReadIdentities: Statement {
    var companyID: CompanyID
    var identities: [AlertIdentity]

    typealias Row = IdentityState
    static let name = "read_identities"
    static let sql = """
        SELECT i.integration_id, i.dedup_key, i.asset, i.signature, i.tool, i.kind, i.severity, i.last_event_at,
            i.last_resolved_at, i.last_firing_alert, i.incident_id, i.transitions, i.is_flapping, i.suppressed_by
        FROM unnest($2::text[], $3::text[]) AS wanted (integration, dedup_key)
        CROSS JOIN LATERAL (
            SELECT * FROM alert_identity
            WHERE company_id = $1 AND integration_id = wanted.integration AND dedup_key = wanted.dedup_key OFFSET 0
        ) i
        """
    static let parameters: [PostgresType] = [.text, .textArray, .textArray]
    static let columns = [
        Column("integration_id", .text), Column("dedup_key", .text), Column("asset", .text),
        Column("signature", .text), Column("tool", .text), Column("kind", .text), Column("severity", .text),
        Column("last_event_at", .timestamptz), Column("last_resolved_at", .timestamptz),
        Column("last_firing_alert", .uuid), Column("incident_id", .text), Column("transitions", .timestamptzArray),
        Column("is_flapping", .bool), Column("suppressed_by", .text),
    ]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.textArray(identities.map(\.integrationID.rawValue))
        bindings.textArray(identities.map(\.dedupKey))
    }

    static func decode(_ row: inout RowReader) throws -> IdentityState {
        let identity = AlertIdentity(integrationID: IntegrationID(try row.text()), dedupKey: try row.text())
        let (asset, signature, tool) = (try row.text(), try row.text(), try row.text())
        return IdentityState(
            identity: identity, asset: asset, signature: signature, tool: tool,
            kind: AlertEvent.Kind(rawValue: try row.text()) ?? .resolved,
            severity: Severity(rawValue: try row.text()) ?? .low, lastEventAt: try row.instant(),
            lastResolvedAt: try row.instantOrNil(), lastFiringAlert: try row.uuidOrNil().map { AlertID($0) },
            incidentID: try row.textOrNil().map { IncidentID($0) }, transitions: try row.instantArray(),
            isFlapping: try row.bool(), suppressedBy: try row.textOrNil().map { WindowID($0) })
    }
}

struct ReadWindows: Statement {
    var companyID: CompanyID

    typealias Row = MaintenanceWindow
    static let name = "read_windows"
    static let sql = "SELECT definition FROM maintenance_window WHERE company_id = $1 ORDER BY id"
    static let parameters: [PostgresType] = [.text]
    static let columns = [Column("definition", .jsonb)]

    func bind(_ bindings: inout Bindings) { bindings.text(companyID.rawValue) }

    static func decode(_ row: inout RowReader) throws -> MaintenanceWindow {
        try JSONDecoder().decode(MaintenanceWindow.self, from: Data(try row.jsonb()))
    }
}
