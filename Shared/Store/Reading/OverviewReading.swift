import Domain
import Postgres

/// The figures of a span of time.
public struct OverviewFigures: Sendable, Equatable {
    /// Firing alerts that were received.
    public var alerts = 0
    /// Incidents that were opened and not merged into another.
    public var incidents = 0
    /// Of those: resolved or closed.
    public var resolved = 0
    /// From opening to the first response, in seconds; nil without any.
    public var meanResponseSeconds: Double?
    /// From opening to resolution, in seconds; nil without any.
    public var meanResolutionSeconds: Double?
    public var responsesMet = 0
    public var responsesMissed = 0
    public var resolutionsMet = 0
    public var resolutionsMissed = 0

    public init() {}
}

/// Counts over the companies given, judged by their own targets.
public struct ReadOverview: Statement {
    public var policies: [CompanyID: ServiceLevelPolicy]
    public var from: Timestamp
    /// Not included.
    public var to: Timestamp
    public var now: Timestamp

    public init(policies: [CompanyID: ServiceLevelPolicy], from: Timestamp, to: Timestamp, now: Timestamp) {
        self.policies = policies
        self.from = from
        self.to = to
        self.now = now
    }

    public typealias Row = OverviewFigures
    public static let name = "read_overview"
    // A resolution without a response before it counts as the response.
    public static let sql = """
        WITH judged AS (
            SELECT i.status, i.opened_at, i.resolved_at, coalesce(i.first_responded_at, i.resolved_at) AS responded_at,
                i.opened_at + make_interval(mins => t.response) AS response_due,
                i.opened_at + make_interval(mins => t.resolution) AS resolution_due
            FROM incident i
            JOIN unnest($5::text[], $6::text[], $7::int[], $8::int[]) AS t (company_id, severity, response, resolution)
                ON t.company_id = i.company_id AND t.severity = i.severity
            WHERE i.company_id = ANY ($1) AND i.opened_at >= $2 AND i.opened_at < $3 AND i.status <> 'merged'
        )
        SELECT
            (SELECT count(*) FROM alert a WHERE a.company_id = ANY ($1) AND a.event = 'firing'
                AND a.received_at >= $2 AND a.received_at < $3 AND a.day >= ($2 AT TIME ZONE 'UTC')::date
                AND a.day <= ($3 AT TIME ZONE 'UTC')::date) AS alerts,
            count(*) AS incidents,
            count(*) FILTER (WHERE status IN ('resolved', 'closed')) AS resolved,
            avg(extract(epoch FROM responded_at - opened_at))::float8 AS mean_response,
            avg(extract(epoch FROM resolved_at - opened_at))::float8 AS mean_resolution,
            count(*) FILTER (WHERE responded_at <= response_due) AS responses_met,
            count(*) FILTER (WHERE coalesce(responded_at, $4) > response_due) AS responses_missed,
            count(*) FILTER (WHERE resolved_at <= resolution_due) AS resolutions_met,
            count(*) FILTER (WHERE coalesce(resolved_at, $4) > resolution_due) AS resolutions_missed
        FROM judged
        """
    public static let parameters: [PostgresType] = [
        .textArray, .timestamptz, .timestamptz, .timestamptz, .textArray, .textArray, .int4Array, .int4Array,
    ]
    public static let columns = [
        Column("alerts", .int8), Column("incidents", .int8), Column("resolved", .int8),
        Column("mean_response", .float8), Column("mean_resolution", .float8), Column("responses_met", .int8),
        Column("responses_missed", .int8), Column("resolutions_met", .int8), Column("resolutions_missed", .int8),
    ]

    public func bind(_ bindings: inout Bindings) {
        let targets = policies.flatMap { company, policy in
            Severity.allCases.map { (company: company, severity: $0, target: policy.target(for: $0)) }
        }
        bindings.textArray(policies.keys.map(\.rawValue))
        bindings.instant(from)
        bindings.instant(to)
        bindings.instant(now)
        bindings.textArray(targets.map(\.company.rawValue))
        bindings.textArray(targets.map(\.severity.rawValue))
        bindings.int4Array(targets.map { Int32(clamping: $0.target.responseMinutes) })
        bindings.int4Array(targets.map { Int32(clamping: $0.target.resolutionMinutes) })
    }

    public static func decode(_ row: inout RowReader) throws -> OverviewFigures {
        var figures = OverviewFigures()
        figures.alerts = try row.int()
        figures.incidents = try row.int()
        figures.resolved = try row.int()
        figures.meanResponseSeconds = try row.float8OrNil()
        figures.meanResolutionSeconds = try row.float8OrNil()
        figures.responsesMet = try row.int()
        figures.responsesMissed = try row.int()
        figures.resolutionsMet = try row.int()
        figures.resolutionsMissed = try row.int()
        return figures
    }
}

/// The targets of the companies given, as far as the transaction may see them.
public struct ReadServiceLevels: Statement {
    public var companyIDs: [CompanyID]

    public init(companyIDs: [CompanyID]) {
        self.companyIDs = companyIDs
    }

    public typealias Row = (companyID: CompanyID, policy: ServiceLevelPolicy)
    public static let name = "read_service_levels"
    public static let sql = "SELECT company_id, sla FROM company WHERE company_id = ANY ($1) AND company_id <> '_msp'"
    public static let parameters: [PostgresType] = [.textArray]
    public static let columns = [Column("company_id", .text), Column("sla", .jsonb)]

    public func bind(_ bindings: inout Bindings) { bindings.textArray(companyIDs.map(\.rawValue)) }

    public static func decode(_ row: inout RowReader) throws -> Row {
        let company = CompanyID(try row.text())
        let stored = try JSONValue(parsing: row.jsonb())
        return (companyID: company, policy: SettingsForm.read(stored, default: ServiceLevelPolicy()))
    }
}
