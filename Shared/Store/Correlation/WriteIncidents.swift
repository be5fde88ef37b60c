import Domain
import Foundation
import Postgres

/// Stores what the engine knows of incidents; what people did with them stays as it is.
struct WriteIncidents: Statement {
    var companyID: CompanyID
    var incidents: [IncidentState]
    var weights: PriorityWeights
    var now: Timestamp

    private struct Record: Encodable {
        var id, title, signature, primary_asset, category, status, severity: String
        var alert_count, firing_identities, asset_count: Int
        var asset_kinds, tool_sources, signatures: [String]
        var touches_critical_asset, is_rolled_up, is_flapping: Bool
        var suspected_cause_asset: String?
        var symptom_count: Int
        var insight: Insight?
        var static_score: Double
        var opened_at, last_event_at: Timestamp
        var reopen_count: Int
        var resolved_at: Timestamp?
        var resolved_by: String?
        var merged_into: String?

        init(_ state: IncidentState, weights: PriorityWeights) {
            id = state.id.rawValue
            title = state.title
            signature = state.signature
            primary_asset = state.primaryAsset
            category = state.category
            status = state.status.rawValue
            severity = state.severity.rawValue
            alert_count = state.alertCount
            firing_identities = state.firingIdentities
            asset_count = state.assetCount
            asset_kinds = state.assetKinds
            tool_sources = state.toolSources
            signatures = state.signatures
            touches_critical_asset = state.touchesCriticalAsset
            is_rolled_up = state.isRolledUp
            is_flapping = state.isFlapping
            suspected_cause_asset = state.suspectedCauseAsset
            symptom_count = state.symptomCount
            insight = state.insight
            static_score = weights.staticScore(of: state).score
            opened_at = state.openedAt
            last_event_at = state.lastEventAt
            reopen_count = state.reopenCount
            resolved_at = state.resolvedAt
            resolved_by = state.resolvedBy?.rawValue
            merged_into = state.mergedInto?.rawValue
        }
    }

    typealias Row = Void
    static let name = "write_incidents"
    static let sql = """
        INSERT INTO incident (company_id, id, title, signature, primary_asset, category, status, severity, alert_count,
            firing_identities, asset_count, asset_kinds, tool_sources, signatures, touches_critical_asset, is_rolled_up,
            is_flapping, suspected_cause_asset, symptom_count, insight, static_score, opened_at, last_event_at,
            reopen_count, resolved_at, resolved_by, merged_into, closed_at, updated_at)
        SELECT $1, id, title, signature, primary_asset, category, status, severity, alert_count, firing_identities,
            asset_count, asset_kinds, tool_sources, signatures, touches_critical_asset, is_rolled_up, is_flapping,
            suspected_cause_asset, symptom_count, insight, static_score, opened_at, last_event_at, reopen_count,
            resolved_at, resolved_by, merged_into, CASE WHEN status = 'closed' THEN $3 END, $3
        FROM jsonb_to_recordset($2) AS i (id text, title text, signature text, primary_asset text, category text,
            status text, severity text, alert_count integer, firing_identities integer, asset_count integer,
            asset_kinds text[], tool_sources text[], signatures text[], touches_critical_asset boolean,
            is_rolled_up boolean, is_flapping boolean, suspected_cause_asset text, symptom_count integer, insight jsonb,
            static_score double precision, opened_at timestamptz, last_event_at timestamptz, reopen_count integer,
            resolved_at timestamptz, resolved_by text, merged_into text)
        ON CONFLICT (company_id, id) DO UPDATE SET
            title = excluded.title, category = excluded.category, status = excluded.status,
            severity = excluded.severity, alert_count = excluded.alert_count,
            firing_identities = excluded.firing_identities, asset_count = excluded.asset_count,
            asset_kinds = excluded.asset_kinds, tool_sources = excluded.tool_sources,
            signatures = excluded.signatures, touches_critical_asset = excluded.touches_critical_asset,
            is_rolled_up = excluded.is_rolled_up, is_flapping = excluded.is_flapping,
            suspected_cause_asset = excluded.suspected_cause_asset, symptom_count = excluded.symptom_count,
            insight = excluded.insight, static_score = excluded.static_score,
            last_event_at = excluded.last_event_at, reopen_count = excluded.reopen_count,
            resolved_at = excluded.resolved_at, resolved_by = excluded.resolved_by,
            resolution_notes = CASE WHEN excluded.resolved_at IS NULL THEN NULL ELSE incident.resolution_notes END,
            merged_into = excluded.merged_into, closed_at = coalesce(incident.closed_at, excluded.closed_at),
            version = incident.version + 1, updated_at = excluded.updated_at
        """
    static let parameters: [PostgresType] = [.text, .jsonb, .timestamptz]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.jsonb(JournalDraft.json(incidents.map { Record($0, weights: weights) }))
        bindings.instant(now)
    }
}

/// Stores the assets of incidents that a decision changed, with their sums as they are now.
struct WriteIncidentAssets: Statement {
    var companyID: CompanyID
    var incidents: [IncidentState]
    /// Their assets that are new or changed.
    var changed: [IncidentID: Set<String>]

    typealias Row = Void
    static let name = "write_incident_assets"
    static let sql = """
        INSERT INTO incident_asset (company_id, incident_id, asset, first_event_at, last_event_at, alert_count, live)
        SELECT $1, incident, asset, first_event_at, last_event_at, alert_count, live
        FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::integer[], $7::boolean[])
            AS a (incident, asset, first_event_at, last_event_at, alert_count, live)
        ON CONFLICT (company_id, incident_id, asset) DO UPDATE SET first_event_at = excluded.first_event_at,
            last_event_at = excluded.last_event_at, alert_count = excluded.alert_count, live = excluded.live
        """
    static let parameters: [PostgresType] = [
        .text, .textArray, .textArray, .timestamptzArray, .timestamptzArray, .int4Array, .boolArray,
    ]

    func bind(_ bindings: inout Bindings) {
        var (owners, live): ([String], [Bool]) = ([], [])
        var rows: [(name: String, asset: IncidentAsset)] = []
        for incident in incidents {
            for name in (changed[incident.id] ?? []).sorted() {
                guard let asset = incident.assets[name] else { continue }
                owners.append(incident.id.rawValue)
                live.append(incident.status.ownsKeys)
                rows.append((name, asset))
            }
        }
        bindings.text(companyID.rawValue)
        bindings.textArray(owners)
        bindings.textArray(rows.map(\.name))
        bindings.instantArray(rows.map(\.asset.firstEventAt))
        bindings.instantArray(rows.map(\.asset.lastEventAt))
        bindings.int4Array(rows.map { Int32(clamping: $0.asset.alertCount) })
        bindings.boolArray(live)
    }
}
