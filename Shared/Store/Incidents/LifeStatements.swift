import Domain
import Postgres

/// The part of an incident that people move, with its company and version.
struct ReadLifeState: Statement {
    var companies: [CompanyID]
    var incidentID: IncidentID

    typealias Row = (companyID: CompanyID, version: Int64, life: IncidentLifeState)
    static let name = "read_life_state"
    static let sql = """
        SELECT company_id, version, status, assigned_to, assigned_at, acknowledged_at, first_responded_at, resolved_at,
            resolved_by, resolution_notes, escalation_level, merged_into, closed_at
        FROM incident WHERE company_id = ANY ($1) AND id = $2
        """
    static let parameters: [PostgresType] = [.textArray, .text]
    static let columns = [
        Column("company_id", .text), Column("version", .int8), Column("status", .text), Column("assigned_to", .text),
        Column("assigned_at", .timestamptz), Column("acknowledged_at", .timestamptz),
        Column("first_responded_at", .timestamptz), Column("resolved_at", .timestamptz),
        Column("resolved_by", .text), Column("resolution_notes", .text), Column("escalation_level", .int2),
        Column("merged_into", .text), Column("closed_at", .timestamptz),
    ]

    func bind(_ bindings: inout Bindings) {
        bindings.textArray(companies.map(\.rawValue))
        bindings.text(incidentID.rawValue)
    }

    static func decode(_ row: inout RowReader) throws -> Row {
        let (company, version) = (CompanyID(try row.text()), try row.int8())
        var life = IncidentLifeState(id: "", status: IncidentStatus(rawValue: try row.text()) ?? .new)
        life.assignedTo = try row.textOrNil().map { UserID($0) }
        life.assignedAt = try row.instantOrNil()
        life.acknowledgedAt = try row.instantOrNil()
        life.firstRespondedAt = try row.instantOrNil()
        life.resolvedAt = try row.instantOrNil()
        life.resolvedBy = try row.textOrNil().map { UserID($0) }
        life.resolutionNotes = try row.textOrNil()
        life.escalationLevel = try row.int()
        life.mergedInto = try row.textOrNil().map { IncidentID($0) }
        life.closedAt = try row.instantOrNil()
        return (companyID: company, version: version, life: life)
    }
}

/// Stores what a person did; the engine's part of the row is not touched, but for the status.
struct WriteLifeState: Statement {
    var companyID: CompanyID
    var life: IncidentLifeState
    var acknowledgedBy: UserID?
    var escalationReason: String?
    var now: Timestamp

    typealias Row = Void
    static let name = "write_life_state"
    static let sql = """
        UPDATE incident SET status = $3, assigned_to = $4, assigned_at = $5, acknowledged_at = $6,
            acknowledged_by = coalesce(acknowledged_by, $7), first_responded_at = $8, resolved_at = $9,
            resolved_by = $10, resolution_notes = $11, escalation_level = $12,
            escalated_at = CASE WHEN $13::text IS NULL THEN escalated_at ELSE $14 END,
            escalation_reason = coalesce($13, escalation_reason), version = version + 1, updated_at = $14
        WHERE company_id = $1 AND id = $2
        """
    static let parameters: [PostgresType] = [
        .text, .text, .text, .text, .timestamptz, .timestamptz, .text, .timestamptz, .timestamptz, .text, .text, .int2,
        .text, .timestamptz,
    ]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(life.id.rawValue)
        bindings.text(life.status.rawValue)
        bindings.text(life.assignedTo?.rawValue)
        bindings.instant(life.assignedAt)
        bindings.instant(life.acknowledgedAt)
        bindings.text(acknowledgedBy?.rawValue)
        bindings.instant(life.firstRespondedAt)
        bindings.instant(life.resolvedAt)
        bindings.text(life.resolvedBy?.rawValue)
        bindings.text(life.resolutionNotes)
        bindings.int2(Int16(clamping: life.escalationLevel))
        bindings.text(escalationReason)
        bindings.instant(now)
    }
}

/// The name of someone who can be given an incident of the company: they serve it, or serve all.
struct FindAssignee: Statement {
    var companyID: CompanyID
    var userID: UserID

    typealias Row = String
    static let name = "find_assignee"
    static let sql = """
        SELECT u.name FROM app_user u
        WHERE u.id = $2 AND u.deleted_at IS NULL AND u.role <> 'client_viewer' AND (u.role = 'msp_admin'
            OR EXISTS (SELECT FROM membership m WHERE m.company_id = $1 AND m.user_id = u.id))
        """
    static let parameters: [PostgresType] = [.text, .text]
    static let columns = [Column("name", .text)]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(userID.rawValue)
    }

    static func decode(_ row: inout RowReader) throws -> String { try row.text() }
}
