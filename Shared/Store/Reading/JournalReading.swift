import Domain
import Postgres

/// A journal row as people read it.
public struct JournalView: Sendable, Equatable {
    public var sequence: Int64
    public var companyID: CompanyID
    public var at: Timestamp
    public var kind: String
    /// `user:<id>` and the like.
    public var actor: String
    /// The name of the person who acted, when the reader may see them.
    public var actorName: String?
    public var subjectKind: String
    public var subjectID: String
    public var incidentID: IncidentID?
    public var isInternal: Bool
    public var summary: String
    public var reason: String?
    public var data: JSONValue

    static let selection = """
        j.sequence, j.company_id, j.at, j.kind, j.actor, u.name AS actor_name, j.subject_kind, j.subject_id,
        j.incident_id, j.internal, j.summary, j.reason, j.data
        """
    static let columns = [
        Column("sequence", .int8), Column("company_id", .text), Column("at", .timestamptz), Column("kind", .text),
        Column("actor", .text), Column("actor_name", .text), Column("subject_kind", .text),
        Column("subject_id", .text), Column("incident_id", .text), Column("internal", .bool),
        Column("summary", .text), Column("reason", .text), Column("data", .jsonb),
    ]
    static let person = "LEFT JOIN app_user u ON j.actor LIKE 'user:%' AND u.id = substr(j.actor, 6)"

    public init(
        sequence: Int64, companyID: CompanyID, at: Timestamp, kind: String, actor: String, actorName: String?,
        subjectKind: String, subjectID: String, incidentID: IncidentID?, isInternal: Bool, summary: String,
        reason: String?, data: JSONValue
    ) {
        self.sequence = sequence
        self.companyID = companyID
        self.at = at
        self.kind = kind
        self.actor = actor
        self.actorName = actorName
        self.subjectKind = subjectKind
        self.subjectID = subjectID
        self.incidentID = incidentID
        self.isInternal = isInternal
        self.summary = summary
        self.reason = reason
        self.data = data
    }

    init(_ row: inout RowReader) throws {
        sequence = try row.int8()
        companyID = CompanyID(try row.text())
        at = try row.instant()
        kind = try row.text()
        actor = try row.text()
        actorName = try row.textOrNil()
        subjectKind = try row.text()
        subjectID = try row.text()
        incidentID = try row.textOrNil().map { IncidentID($0) }
        isInternal = try row.bool()
        summary = try row.text()
        reason = try row.textOrNil()
        data = try JSONValue(parsing: row.jsonb())
    }
}

/// What happened to an incident, oldest first.
public struct ReadTimeline: Statement {
    public var companyID: CompanyID
    public var incidentID: IncidentID
    public var includesInternal: Bool
    /// Only rows after this sequence.
    public var after: Int64
    public var limit: Int

    public init(
        companyID: CompanyID, incidentID: IncidentID, includesInternal: Bool, after: Int64 = 0, limit: Int
    ) {
        self.companyID = companyID
        self.incidentID = incidentID
        self.includesInternal = includesInternal
        self.after = after
        self.limit = limit
    }

    public typealias Row = JournalView
    public static let name = "read_timeline"
    public static let sql = """
        SELECT \(JournalView.selection) FROM journal j \(JournalView.person)
        WHERE j.company_id = $1 AND j.incident_id = $2 AND j.sequence > $3 AND ($4 OR NOT j.internal)
        ORDER BY j.sequence LIMIT $5
        """
    public static let parameters: [PostgresType] = [.text, .text, .int8, .bool, .int8]
    public static let columns = JournalView.columns

    public func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(incidentID.rawValue)
        bindings.int8(after)
        bindings.bool(includesInternal)
        bindings.int(limit)
    }
    public static func decode(_ row: inout RowReader) throws -> JournalView { try JournalView(&row) }
}

/// What a list of the audit log is narrowed to. Nil: not narrowed.
public struct AuditFilter: Sendable, Equatable {
    public var companyIDs: [CompanyID]
    public var includesInternal: Bool
    /// `user:<id>`, or the id alone.
    public var actor: String?
    /// `company.created`, or its first part for all of that part.
    public var action: String?
    public var since: Timestamp?
    public var until: Timestamp?

    public init(companyIDs: [CompanyID], includesInternal: Bool) {
        self.companyIDs = companyIDs
        self.includesInternal = includesInternal
    }
}

/// What people and settings did, newest first: everything that is not the engine's own work on incidents.
public struct ReadAudit: Statement {
    public var filter: AuditFilter
    /// Only rows before this sequence.
    public var before: Int64?
    public var limit: Int

    public init(filter: AuditFilter, before: Int64? = nil, limit: Int) {
        self.filter = filter
        self.before = before
        self.limit = limit
    }

    public typealias Row = JournalView
    public static let name = "read_audit"
    public static let sql = """
        SELECT \(JournalView.selection)
        FROM unnest($1::text[]) AS w (company_id)
        CROSS JOIN LATERAL (
            SELECT * FROM journal j
            WHERE j.company_id = w.company_id AND ($2 OR NOT j.internal)
                AND (j.incident_id IS NULL OR j.actor NOT LIKE 'service:%')
                AND ($3::text IS NULL OR j.actor = $3 OR j.actor = 'user:' || $3)
                AND ($4::text IS NULL OR j.kind = $4 OR left(j.kind, length($4) + 1) = $4 || '.')
                AND ($5::timestamptz IS NULL OR (j.at >= $5 AND j.day >= ($5 AT TIME ZONE 'UTC')::date))
                AND ($6::timestamptz IS NULL OR (j.at < $6 AND j.day <= ($6 AT TIME ZONE 'UTC')::date))
                AND ($7::bigint IS NULL OR j.sequence < $7)
            ORDER BY j.sequence DESC LIMIT $8
        ) j \(JournalView.person)
        ORDER BY j.sequence DESC LIMIT $8
        """
    public static let parameters: [PostgresType] = [
        .textArray, .bool, .text, .text, .timestamptz, .timestamptz, .int8, .int8,
    ]
    public static let columns = JournalView.columns

    public func bind(_ bindings: inout Bindings) {
        bindings.textArray(filter.companyIDs.map(\.rawValue))
        bindings.bool(filter.includesInternal)
        bindings.text(filter.actor)
        bindings.text(filter.action)
        bindings.instant(filter.since)
        bindings.instant(filter.until)
        bindings.int8(before)
        bindings.int(limit)
    }
    public static func decode(_ row: inout RowReader) throws -> JournalView { try JournalView(&row) }
}
