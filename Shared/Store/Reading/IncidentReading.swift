import Domain
import Postgres

/// Incidents, newest first. Each company gives its newest through its own index, so that many companies cost no sort of
/// everything.
public struct ListIncidentsByTime: Statement {
    public var filter: IncidentFilter
    /// Only those older than this one.
    public var after: IncidentID?
    public var limit: Int

    public init(filter: IncidentFilter, after: IncidentID? = nil, limit: Int) {
        self.filter = filter
        self.after = after
        self.limit = limit
    }

    public typealias Row = IncidentRecord
    public static let name = "list_incidents_by_time"
    public static let sql = """
        SELECT \(IncidentRecord.selection)
        FROM unnest($1::text[]) AS w (company_id)
        CROSS JOIN LATERAL (
            SELECT i.* FROM incident i
            WHERE \(IncidentFilter.condition) AND ($6::text IS NULL OR i.id < $6)
            ORDER BY i.id DESC LIMIT $7
        ) i
        JOIN company c ON c.company_id = i.company_id
        ORDER BY i.id DESC LIMIT $7
        """
    public static let parameters = IncidentFilter.parameters + [.text, .int8]
    public static let columns = IncidentRecord.columns

    public func bind(_ bindings: inout Bindings) {
        filter.bind(&bindings)
        bindings.text(after?.rawValue)
        bindings.int(limit)
    }

    public static func decode(_ row: inout RowReader) throws -> IncidentRecord { try IncidentRecord(&row) }
}

/// Incidents with the highest priority first; of equal ones the newest.
///
/// All pages of one list are judged at the same moment, so that nothing moves between them.
public struct ListIncidentsByPriority: Statement {
    /// Where the page before ended.
    public struct Position: Sendable, Equatable {
        public var score: Double
        public var id: IncidentID

        public init(score: Double, id: IncidentID) {
            self.score = score
            self.id = id
        }
    }

    public var filter: IncidentFilter
    public var judgedAt: Timestamp
    public var after: Position?
    public var limit: Int

    public init(filter: IncidentFilter, judgedAt: Timestamp, after: Position? = nil, limit: Int) {
        self.filter = filter
        self.judgedAt = judgedAt
        self.after = after
        self.limit = limit
    }

    public typealias Row = (score: Double, incident: IncidentRecord)
    public static let name = "list_incidents_by_priority"
    // As PriorityWeights.score: whole hours of age, less each hour, at most the maximum.
    public static let sql = """
        SELECT s.score, \(IncidentRecord.selection)
        FROM unnest($1::text[]) AS w (company_id)
        JOIN company c ON c.company_id = w.company_id
        JOIN incident i ON \(IncidentFilter.condition)
        CROSS JOIN LATERAL (SELECT i.static_score - least(
            coalesce((c.priority ->> 'age_decay_maximum')::float8, 10),
            coalesce((c.priority ->> 'age_decay_per_hour')::float8, 1) * greatest(0, trunc(extract(epoch FROM
                least(coalesce(i.resolved_at, $6), $6) - i.opened_at)::float8 / 3600))) AS score) s
        WHERE $7::float8 IS NULL OR (s.score, i.id) < ($7, $8)
        ORDER BY s.score DESC, i.id DESC LIMIT $9
        """
    public static let parameters = IncidentFilter.parameters + [.timestamptz, .float8, .text, .int8]
    public static let columns = [Column("score", .float8)] + IncidentRecord.columns

    public func bind(_ bindings: inout Bindings) {
        filter.bind(&bindings)
        bindings.instant(judgedAt)
        bindings.float8(after?.score)
        bindings.text(after?.id.rawValue)
        bindings.int(limit)
    }

    public static func decode(_ row: inout RowReader) throws -> Row {
        let score = try row.float8()
        return (score: score, incident: try IncidentRecord(&row))
    }
}

/// Incidents by their ids, those that the transaction may see, in no order.
public struct ReadIncidents: Statement {
    public var ids: [IncidentID]

    public init(ids: [IncidentID]) {
        self.ids = ids
    }

    public typealias Row = IncidentRecord
    public static let name = "read_incidents"
    public static let sql = """
        SELECT \(IncidentRecord.selection)
        FROM incident i JOIN company c ON c.company_id = i.company_id
        WHERE i.company_id = ANY ((SELECT aw_companies())::text[]) AND i.id = ANY ($1)
        """
    public static let parameters: [PostgresType] = [.textArray]
    public static let columns = IncidentRecord.columns

    public func bind(_ bindings: inout Bindings) { bindings.textArray(ids.map(\.rawValue)) }
    public static func decode(_ row: inout RowReader) throws -> IncidentRecord { try IncidentRecord(&row) }
}
