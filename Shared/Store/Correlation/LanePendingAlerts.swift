import Domain
import Foundation
import Postgres

/// Locks a company's lane until the transaction ends; waits for whoever holds it. No row: there is no such company.
public struct LockLane: Statement {
    public var companyID: CompanyID

    public init(companyID: CompanyID) { self.companyID = companyID }

    public typealias Row = CompanyID
    public static let name = "lock_lane"
    public static let sql = "SELECT company_id FROM correlation_lane WHERE company_id = $1 FOR UPDATE"
    public static let parameters: [PostgresType] = [.text]
    public static let columns = [Column("company_id", .text)]

    public func bind(_ bindings: inout Bindings) { bindings.text(companyID.rawValue) }

    public static func decode(_ row: inout RowReader) throws -> CompanyID { CompanyID(try row.text()) }
}

/// An alert that waits for a decision, with where it is stored.
public struct StoredPendingAlert: Sendable, Equatable {
    public var alert: PendingAlert
    /// Days since 1970 of its partition.
    public var day: Int32
    public var retentionClass: Int16
    /// The trace of the request that brought it; empty without one.
    public var trace: String
}

/// The company's alerts without a fate, in event order.
///
/// `OFFSET 0` keeps the look-up per waiting alert: a plan that reads all alerts to find the few that wait is never right.
struct ReadPendingAlerts: Statement {
    var companyID: CompanyID
    var limit: Int

    typealias Row = StoredPendingAlert
    static let name = "read_pending_alerts"
    static let sql = """
        SELECT a.id, a.integration_id, a.dedup_key, a.event, a.asset, a.signature, a.severity, a.message, a.tool_source,
            a.labels, a.event_at, a.received_at, u.released_by, a.day, a.retention_class,
            a.trace
        FROM (
            SELECT company_id, alert_id, day, event_at, received_at, released_by FROM undecided_alert
            WHERE company_id = $1 ORDER BY event_at, received_at, alert_id LIMIT $2
        ) u
        CROSS JOIN LATERAL (
            SELECT id, integration_id, dedup_key, event, asset, signature, severity, message, tool_source, labels,
                event_at, received_at, day, retention_class, trace
            FROM alert WHERE company_id = $1 AND id = u.alert_id AND day = u.day OFFSET 0
        ) a
        ORDER BY u.event_at, u.received_at, u.alert_id
        """
    static let parameters: [PostgresType] = [.text, .int8]
    static let columns = [
        Column("id", .uuid), Column("integration_id", .text), Column("dedup_key", .text), Column("event", .text),
        Column("asset", .text), Column("signature", .text), Column("severity", .text), Column("message", .text),
        Column("tool_source", .text), Column("labels", .jsonb), Column("event_at", .timestamptz),
        Column("received_at", .timestamptz), Column("released_by", .text), Column("day", .date),
        Column("retention_class", .int2), Column("trace", .text),
    ]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.int(limit)
    }

    static func decode(_ row: inout RowReader) throws -> StoredPendingAlert {
        let id = AlertID(try row.uuid())
        let identity = AlertIdentity(integrationID: IntegrationID(try row.text()), dedupKey: try row.text())
        let kind = AlertEvent.Kind(rawValue: try row.text()) ?? .firing
        let (asset, signature) = (try row.text(), try row.text())
        let severity = Severity(rawValue: try row.text()) ?? .low
        let (message, tool) = (try row.text(), try row.text())
        let labels = try row.jsonb()
        let decoded =
            labels.count <= 2 ? [:] : try JSONDecoder().decode([String: String].self, from: Data(labels))
        let alert = PendingAlert(
            id: id, identity: identity, kind: kind, asset: asset, signature: signature, severity: severity,
            message: message, toolSource: tool, labels: decoded, eventAt: try row.instant(),
            receivedAt: try row.instant(), releasedBy: try row.textOrNil().map { WindowID($0) })
        return StoredPendingAlert(
            alert: alert, day: try row.date(), retentionClass: try row.int2(), trace: try row.text())
    }
}

/// Companies that have alerts without a fate.
public struct ReadWaitingCompanies: Statement {
    public init() {}

    public typealias Row = CompanyID
    public static let name = "read_waiting_companies"
    public static let sql = """
        SELECT company_id FROM correlation_lane l
        WHERE EXISTS (SELECT FROM undecided_alert u WHERE u.company_id = l.company_id)
        """
    public static let parameters: [PostgresType] = []
    public static let columns = [Column("company_id", .text)]

    public func bind(_ bindings: inout Bindings) {}

    public static func decode(_ row: inout RowReader) throws -> CompanyID { CompanyID(try row.text()) }
}
