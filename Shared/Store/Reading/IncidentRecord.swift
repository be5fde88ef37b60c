import Domain
import Foundation
import Postgres

/// An incident as readers see it, with the company's settings that its figures depend on.
public struct IncidentRecord: Sendable, Equatable {
    public var companyID: CompanyID
    public var id: IncidentID
    public var title: String
    public var signature: String
    public var status: IncidentStatus
    public var severity: Severity
    public var alertCount: Int
    public var assetCount: Int
    /// At most 100, in the order in which they joined.
    public var assets: [String]
    public var toolSources: [String]
    public var touchesCriticalAsset: Bool
    public var insight: Insight?
    public var openedAt: Timestamp
    public var assignedTo: UserID?
    public var assignedAt: Timestamp?
    public var acknowledgedAt: Timestamp?
    public var acknowledgedBy: String?
    public var firstRespondedAt: Timestamp?
    public var resolvedAt: Timestamp?
    public var resolvedBy: String?
    public var resolutionNotes: String?
    public var escalationLevel: Int
    public var escalationReason: String?
    public var mergedInto: IncidentID?
    public var isFlapping: Bool
    public var version: Int64
    public var updatedAt: Timestamp
    public var weights: PriorityWeights
    public var serviceLevel: ServiceLevelPolicy

    static let selection = """
        i.company_id, i.id, i.title, i.signature, i.status, i.severity, i.alert_count, i.asset_count,
        ARRAY(SELECT a.asset FROM incident_asset a WHERE a.company_id = i.company_id AND a.incident_id = i.id
            ORDER BY a.first_event_at, a.asset LIMIT 100) AS assets,
        i.tool_sources, i.touches_critical_asset, i.insight, i.opened_at, i.assigned_to, i.assigned_at,
        i.acknowledged_at, i.acknowledged_by, i.first_responded_at, i.resolved_at, i.resolved_by, i.resolution_notes,
        i.escalation_level, i.escalation_reason, i.merged_into, i.is_flapping, i.version, i.updated_at,
        c.priority, c.sla
        """
    static let columns = [
        Column("company_id", .text), Column("id", .text), Column("title", .text), Column("signature", .text),
        Column("status", .text), Column("severity", .text), Column("alert_count", .int4),
        Column("asset_count", .int4), Column("assets", .textArray), Column("tool_sources", .textArray),
        Column("touches_critical_asset", .bool), Column("insight", .jsonb), Column("opened_at", .timestamptz),
        Column("assigned_to", .text), Column("assigned_at", .timestamptz), Column("acknowledged_at", .timestamptz),
        Column("acknowledged_by", .text), Column("first_responded_at", .timestamptz),
        Column("resolved_at", .timestamptz), Column("resolved_by", .text), Column("resolution_notes", .text),
        Column("escalation_level", .int2), Column("escalation_reason", .text), Column("merged_into", .text),
        Column("is_flapping", .bool), Column("version", .int8), Column("updated_at", .timestamptz),
        Column("priority", .jsonb), Column("sla", .jsonb),
    ]

    init(_ row: inout RowReader) throws {
        companyID = CompanyID(try row.text())
        id = IncidentID(try row.text())
        title = try row.text()
        signature = try row.text()
        status = IncidentStatus(rawValue: try row.text()) ?? .new
        severity = Severity(rawValue: try row.text()) ?? .low
        alertCount = try row.int()
        assetCount = try row.int()
        assets = try row.textArray()
        toolSources = try row.textArray()
        touchesCriticalAsset = try row.bool()
        insight = try row.jsonbOrNil().flatMap { try? JSONDecoder().decode(Insight.self, from: Data($0)) }
        openedAt = try row.instant()
        assignedTo = try row.textOrNil().map { UserID($0) }
        assignedAt = try row.instantOrNil()
        acknowledgedAt = try row.instantOrNil()
        acknowledgedBy = try row.textOrNil()
        firstRespondedAt = try row.instantOrNil()
        resolvedAt = try row.instantOrNil()
        resolvedBy = try row.textOrNil()
        resolutionNotes = try row.textOrNil()
        escalationLevel = Int(try row.int2())
        escalationReason = try row.textOrNil()
        mergedInto = try row.textOrNil().map { IncidentID($0) }
        isFlapping = try row.bool()
        version = try row.int8()
        updatedAt = try row.instant()
        weights = SettingsForm.read(try JSONValue(parsing: row.jsonb()), default: PriorityWeights())
        serviceLevel = SettingsForm.read(try JSONValue(parsing: row.jsonb()), default: ServiceLevelPolicy())
    }

    /// The priority at `now`: the decay of age is computed here, never stored.
    public func priority(now: Timestamp) -> PriorityScore {
        weights.score(
            severity: severity, alertCount: alertCount, touchesCriticalAsset: touchesCriticalAsset,
            toolCount: toolSources.count, openedAt: openedAt, agedUntil: resolvedAt, now: now)
    }
}

/// What a list of incidents is narrowed to. Nil and empty: not narrowed.
public struct IncidentFilter: Sendable, Equatable {
    public var companyIDs: [CompanyID]
    public var statuses: [IncidentStatus]
    public var severities: [Severity]
    public var assignedTo: UserID?
    /// Part of the title, the signature or an asset's name, any case.
    public var text: String?

    public init(
        companyIDs: [CompanyID], statuses: [IncidentStatus] = [], severities: [Severity] = [],
        assignedTo: UserID? = nil, text: String? = nil
    ) {
        self.companyIDs = companyIDs
        self.statuses = statuses
        self.severities = severities
        self.assignedTo = assignedTo
        self.text = text
    }

    static let parameters: [PostgresType] = [.textArray, .textArray, .textArray, .text, .text]

    /// Parameters 1 to 5, of which 1 is the companies.
    static let condition = """
        i.company_id = w.company_id AND (cardinality($2::text[]) = 0 OR i.status = ANY ($2))
            AND (cardinality($3::text[]) = 0 OR i.severity = ANY ($3))
            AND ($4::text IS NULL OR i.assigned_to = $4)
            AND ($5::text IS NULL OR i.title ILIKE $5 OR i.signature ILIKE $5 OR EXISTS (
                SELECT FROM incident_asset a WHERE a.company_id = i.company_id AND a.incident_id = i.id
                    AND a.asset ILIKE $5))
        """

    func bind(_ bindings: inout Bindings) {
        bindings.textArray(companyIDs.map(\.rawValue))
        bindings.textArray(statuses.map(\.rawValue))
        bindings.textArray(severities.map(\.rawValue))
        bindings.text(assignedTo?.rawValue)
        bindings.text(text.map(LikePattern.containing))
    }
}
