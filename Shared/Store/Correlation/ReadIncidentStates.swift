import Domain
import Foundation
import Postgres

/// The incidents that a decision could touch: named ones, those with a signature (for roll-up), and those live on an
/// asset (for dependency). Only such as own keys.
struct ReadIncidentStates: Statement {
    var companyID: CompanyID
    var ids: [String]
    /// Open, not rolled up, with a last event not before `signatureSince`.
    var signatures: [String]
    var signatureSince: Timestamp
    var assets: [String]

    typealias Row = IncidentState
    static let name = "read_incident_states"
    static let sql = """
        SELECT i.id, i.title, i.signature, i.primary_asset, i.status, i.severity, i.opened_at, i.last_event_at,
            i.alert_count, i.firing_identities, i.asset_count, i.tool_sources, i.signatures, i.touches_critical_asset,
            i.is_rolled_up, i.is_flapping, i.suspected_cause_asset, i.symptom_count, i.insight, i.resolved_at,
            i.resolved_by, i.reopen_count, i.merged_into, i.assigned_to IS NOT NULL AS is_assigned,
            i.asset_kinds, i.category
        FROM incident i
        WHERE i.company_id = $1 AND i.status IN ('new', 'acknowledged', 'in_progress', 'resolved') AND i.id IN (
            SELECT unnest($2::text[])
            UNION
            SELECT s.id FROM incident s
            WHERE s.company_id = $1 AND s.signature = ANY ($3) AND NOT s.is_rolled_up AND s.last_event_at >= $4
                AND s.status IN ('new', 'acknowledged', 'in_progress', 'resolved')
            UNION
            SELECT a.incident_id FROM incident_asset a WHERE a.company_id = $1 AND a.asset = ANY ($5) AND a.live
        )
        """
    static let parameters: [PostgresType] = [.text, .textArray, .textArray, .timestamptz, .textArray]
    static let columns = [
        Column("id", .text), Column("title", .text), Column("signature", .text), Column("primary_asset", .text),
        Column("status", .text), Column("severity", .text), Column("opened_at", .timestamptz),
        Column("last_event_at", .timestamptz), Column("alert_count", .int4), Column("firing_identities", .int4),
        Column("asset_count", .int4), Column("tool_sources", .textArray), Column("signatures", .textArray),
        Column("touches_critical_asset", .bool), Column("is_rolled_up", .bool), Column("is_flapping", .bool),
        Column("suspected_cause_asset", .text), Column("symptom_count", .int4), Column("insight", .jsonb),
        Column("resolved_at", .timestamptz), Column("resolved_by", .text), Column("reopen_count", .int4),
        Column("merged_into", .text), Column("is_assigned", .bool),
        Column("asset_kinds", .textArray), Column("category", .text),
    ]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.textArray(ids)
        bindings.textArray(signatures)
        bindings.instant(signatureSince)
        bindings.textArray(assets)
    }

    static func decode(_ row: inout RowReader) throws -> IncidentState {
        var state = IncidentState(
            id: IncidentID(try row.text()), title: try row.text(), signature: try row.text(),
            primaryAsset: try row.text(), status: IncidentStatus(rawValue: try row.text()) ?? .new,
            severity: Severity(rawValue: try row.text()) ?? .low, openedAt: try row.instant(),
            lastEventAt: try row.instant())
        state.alertCount = try row.int()
        state.firingIdentities = try row.int()
        state.assetCount = try row.int()
        state.toolSources = try row.textArray()
        state.signatures = try row.textArray()
        state.touchesCriticalAsset = try row.bool()
        state.isRolledUp = try row.bool()
        state.isFlapping = try row.bool()
        state.suspectedCauseAsset = try row.textOrNil()
        state.symptomCount = try row.int()
        state.insight = try row.jsonbOrNil().map { try JSONDecoder().decode(Insight.self, from: Data($0)) }
        state.resolvedAt = try row.instantOrNil()
        state.resolvedBy = try row.textOrNil().map { UserID($0) }
        state.reopenCount = try row.int()
        state.mergedInto = try row.textOrNil().map { IncidentID($0) }
        state.isAssigned = try row.bool()
        state.assetKinds = try row.textArray()
        state.category = try row.text()
        return state
    }
}

/// Assets of incidents: all of some, and single ones of others.
///
/// `OFFSET 0` keeps the look-ups by index: without statistics the planner would compare every asset with every pair.
struct ReadIncidentAssets: Statement {
    var companyID: CompanyID
    var whole: [IncidentID]
    var pairs: [(incident: IncidentID, asset: String)]

    typealias Row = (incident: IncidentID, asset: String, state: IncidentAsset)
    static let name = "read_incident_assets"
    static let sql = """
        SELECT a.incident_id, a.asset, a.first_event_at, a.last_event_at, a.alert_count
        FROM unnest($2::text[]) AS wanted (incident)
        CROSS JOIN LATERAL (
            SELECT * FROM incident_asset WHERE company_id = $1 AND incident_id = wanted.incident OFFSET 0
        ) a
        UNION ALL
        SELECT a.incident_id, a.asset, a.first_event_at, a.last_event_at, a.alert_count
        FROM unnest($3::text[], $4::text[]) AS wanted (incident, asset)
        CROSS JOIN LATERAL (
            SELECT * FROM incident_asset
            WHERE company_id = $1 AND incident_id = wanted.incident AND asset = wanted.asset OFFSET 0
        ) a
        """
    static let parameters: [PostgresType] = [.text, .textArray, .textArray, .textArray]
    static let columns = [
        Column("incident_id", .text), Column("asset", .text), Column("first_event_at", .timestamptz),
        Column("last_event_at", .timestamptz), Column("alert_count", .int4),
    ]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.textArray(whole.map(\.rawValue))
        bindings.textArray(pairs.map(\.incident.rawValue))
        bindings.textArray(pairs.map(\.asset))
    }

    static func decode(_ row: inout RowReader) throws -> Row {
        (
            IncidentID(try row.text()), try row.text(),
            IncidentAsset(
                firstEventAt: try row.instant(), lastEventAt: try row.instant(), alertCount: try row.int())
        )
    }
}
