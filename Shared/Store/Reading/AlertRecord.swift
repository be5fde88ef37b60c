import Domain
import Foundation
import Postgres

/// An alert as readers see it, with what became of it.
public struct AlertRecord: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable {
        case active, resolved, suppressed
    }

    /// One decision about it.
    public struct FateRecord: Sendable, Equatable {
        public var kind: String
        /// The stable name of the reason.
        public var reason: String
        /// The reason for people.
        public var explanation: String
        public var incidentID: IncidentID?
        public var decidedAt: Timestamp
    }

    public var companyID: CompanyID
    public var id: AlertID
    public var integrationID: IntegrationID
    public var dedupKey: String
    public var event: String
    public var state: State
    public var asset: String
    public var signature: String
    public var severity: String
    public var originalSeverity: String
    public var message: String
    public var toolSource: String
    public var labels: JSONValue
    public var links: JSONValue
    public var eventAt: Timestamp
    public var receivedAt: Timestamp
    /// Oldest first; the last counts. Empty while undecided.
    public var fates: [FateRecord]

    static let selection = """
        a.company_id, a.id, a.integration_id, a.dedup_key, a.event, s.state, a.asset, a.signature, a.severity,
        a.original_severity, a.message, a.tool_source, a.labels, a.links, a.event_at, a.received_at, f.kinds, f.reasons,
        f.explanations, f.incidents, f.moments
        """
    static let columns = [
        Column("company_id", .text), Column("id", .uuid), Column("integration_id", .text),
        Column("dedup_key", .text), Column("event", .text), Column("state", .text), Column("asset", .text),
        Column("signature", .text), Column("severity", .text), Column("original_severity", .text),
        Column("message", .text), Column("tool_source", .text), Column("labels", .jsonb), Column("links", .jsonb),
        Column("event_at", .timestamptz), Column("received_at", .timestamptz), Column("kinds", .textArray),
        Column("reasons", .textArray), Column("explanations", .textArray), Column("incidents", .textArray),
        Column("moments", .timestamptzArray),
    ]

    /// Its fates, the identity that it belongs to, and the state that follows from both.
    static let joins = """
        LEFT JOIN LATERAL (
            SELECT array_agg(kind ORDER BY position) AS kinds, array_agg(reason ORDER BY position) AS reasons,
                array_agg(explanation ORDER BY position) AS explanations,
                array_agg(incident_id ORDER BY position) AS incidents,
                array_agg(decided_at ORDER BY position) AS moments
            FROM alert_fate WHERE company_id = a.company_id AND alert_id = a.id AND day = a.day
        ) f ON true
        LEFT JOIN alert_identity n ON n.company_id = a.company_id AND n.integration_id = a.integration_id
            AND n.dedup_key = a.dedup_key
        CROSS JOIN LATERAL (
            SELECT CASE WHEN f.kinds[cardinality(f.kinds)] = 'suppressed' THEN 'suppressed'
                WHEN a.event = 'resolved' OR n.last_resolved_at >= a.event_at THEN 'resolved'
                ELSE 'active' END AS state
        ) s
        """

    init(_ row: inout RowReader) throws {
        companyID = CompanyID(try row.text())
        id = AlertID(try row.uuid())
        integrationID = IntegrationID(try row.text())
        dedupKey = try row.text()
        event = try row.text()
        state = State(rawValue: try row.text()) ?? .active
        asset = try row.text()
        signature = try row.text()
        severity = try row.text()
        originalSeverity = try row.text()
        message = try row.text()
        toolSource = try row.text()
        labels = try JSONValue(parsing: row.jsonb())
        links = try JSONValue(parsing: row.jsonb())
        eventAt = try row.instant()
        receivedAt = try row.instant()
        fates = try Self.fates(&row)
    }

    private static func fates(_ row: inout RowReader) throws -> [FateRecord] {
        guard let kinds = try row.textArrayOrNil() else {
            for _ in 0..<4 { row.skip() }
            return []
        }
        let (reasons, explanations) = (try row.textArray(), try row.textArray())
        let incidents = try row.textArrayOptionals()
        let moments = try row.instantArray()
        return kinds.indices.map { index in
            FateRecord(
                kind: kinds[index], reason: reasons[index], explanation: explanations[index],
                incidentID: incidents[index].map { IncidentID($0) }, decidedAt: moments[index])
        }
    }
}

/// What a list of alerts is narrowed to. Nil: not narrowed.
public struct AlertFilter: Sendable, Equatable {
    public var companyIDs: [CompanyID]
    public var state: AlertRecord.State?
    /// `firing` or `resolved`.
    public var event: String?
    public var severities: [Severity]
    public var asset: String?
    /// Receipt, included.
    public var since: Timestamp?
    /// Receipt, not included.
    public var until: Timestamp?
    /// Part of the message, the signature or the asset's name, any case.
    public var text: String?

    public init(companyIDs: [CompanyID]) {
        self.companyIDs = companyIDs
        severities = []
    }

    static let parameters: [PostgresType] = [
        .textArray, .text, .text, .textArray, .text, .timestamptz, .timestamptz, .text, .uuid, .date, .int8,
    ]

    /// Parameters 2 to 10; 9 and 10 are the alert before which the list goes on, and its day.
    static let condition = """
        ($2::text IS NULL OR s.state = $2) AND ($3::text IS NULL OR a.event = $3)
            AND (cardinality($4::text[]) = 0 OR a.severity = ANY ($4)) AND ($5::text IS NULL OR a.asset = $5)
            AND ($6::timestamptz IS NULL OR (a.received_at >= $6 AND a.day >= ($6 AT TIME ZONE 'UTC')::date))
            AND ($7::timestamptz IS NULL OR (a.received_at < $7 AND a.day <= ($7 AT TIME ZONE 'UTC')::date))
            AND ($8::text IS NULL OR a.message ILIKE $8 OR a.signature ILIKE $8 OR a.asset ILIKE $8)
            AND ($9::uuid IS NULL OR (a.id < $9 AND a.day <= $10))
        """

    func bind(after: AlertID?, limit: Int, to bindings: inout Bindings) {
        bindings.textArray(companyIDs.map(\.rawValue))
        bindings.text(state?.rawValue)
        bindings.text(event)
        bindings.textArray(severities.map(\.rawValue))
        bindings.text(asset)
        bindings.instant(since)
        bindings.instant(until)
        bindings.text(text.map(LikePattern.containing))
        bindings.uuid(after?.rawValue)
        bindings.date(daysSince1970: after.map { UUIDv7.timestamp(of: $0.rawValue).dayNumber })
        bindings.int(limit)
    }
}
