import Domain
import Foundation
import Postgres

/// Keys and identities of merged incidents go to their targets, also those that were not loaded.
struct MoveMergedKeys: Statement {
    var companyID: CompanyID
    var merges: [(source: IncidentID, target: IncidentID)]

    typealias Row = Void
    static let name = "move_merged_keys"
    static let sql = """
        WITH merge AS (SELECT * FROM unnest($2::text[], $3::text[]) AS m (source, target)),
        keys AS (
            UPDATE incident_key k SET incident_id = m.target FROM merge m
            WHERE k.company_id = $1 AND k.incident_id = m.source
        ), assets AS (
            UPDATE incident_asset a SET live = false FROM merge m
            WHERE a.company_id = $1 AND a.incident_id = m.source AND a.live
        )
        UPDATE alert_identity i SET incident_id = m.target FROM merge m
        WHERE i.company_id = $1 AND i.incident_id = m.source
        """
    static let parameters: [PostgresType] = [.text, .textArray, .textArray]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.textArray(merges.map(\.source.rawValue))
        bindings.textArray(merges.map(\.target.rawValue))
    }
}

/// A further fate for every alert whose latest one is with a merged incident: it joined the target.
struct MoveMergedAlerts: Statement {
    var companyID: CompanyID
    var merges: [(source: IncidentID, target: IncidentID, reason: FateReason)]
    var now: Timestamp

    typealias Row = Void
    static let name = "move_merged_alerts"
    static let sql = """
        INSERT INTO alert_fate (company_id, alert_id, position, retention_class, day, kind, reason, explanation,
            incident_id, decided_at)
        SELECT $1, f.alert_id, f.position + 1, f.retention_class, f.day,
            CASE WHEN f.kind = 'opened' THEN 'joined' ELSE f.kind END, m.reason, m.explanation, m.target, $6
        FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS m (source, target, reason, explanation)
        JOIN alert_fate f ON f.company_id = $1 AND f.incident_id = m.source
        WHERE NOT EXISTS (
            SELECT FROM alert_fate later WHERE later.company_id = $1 AND later.alert_id = f.alert_id
                AND later.day = f.day AND later.position > f.position)
        """
    static let parameters: [PostgresType] = [.text, .textArray, .textArray, .textArray, .textArray, .timestamptz]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.textArray(merges.map(\.source.rawValue))
        bindings.textArray(merges.map(\.target.rawValue))
        bindings.textArray(merges.map(\.reason.name))
        bindings.textArray(merges.map(\.reason.explanation))
        bindings.instant(now)
    }
}

/// What people did with a merged incident goes to its target where the target has nothing: assignee, acknowledgement,
/// first response, the higher escalation level.
struct MoveMergedWork: Statement {
    var companyID: CompanyID
    var merges: [(source: IncidentID, target: IncidentID)]

    typealias Row = Void
    static let name = "move_merged_work"
    static let sql = """
        WITH work AS (
            SELECT DISTINCT ON (m.target) m.target,
                first_value(s.assigned_to) OVER assigned AS assigned_to,
                first_value(s.assigned_at) OVER assigned AS assigned_at,
                min(s.acknowledged_at) OVER (PARTITION BY m.target) AS acknowledged_at,
                min(s.first_responded_at) OVER (PARTITION BY m.target) AS first_responded_at,
                max(s.escalation_level) OVER (PARTITION BY m.target) AS escalation_level
            FROM unnest($2::text[], $3::text[]) AS m (source, target)
            JOIN incident s ON s.company_id = $1 AND s.id = m.source AND s.resolved_at IS NULL
            WINDOW assigned AS (PARTITION BY m.target ORDER BY s.assigned_at NULLS LAST, s.id)
        )
        UPDATE incident t SET
            status = CASE WHEN t.status IN ('new', 'acknowledged') AND t.assigned_to IS NULL
                AND w.assigned_to IS NOT NULL THEN 'in_progress' ELSE t.status END,
            assigned_to = coalesce(t.assigned_to, w.assigned_to),
            assigned_at = CASE WHEN t.assigned_to IS NULL THEN w.assigned_at ELSE t.assigned_at END,
            acknowledged_at = least(t.acknowledged_at, w.acknowledged_at),
            first_responded_at = least(t.first_responded_at, w.first_responded_at),
            escalation_level = greatest(t.escalation_level, w.escalation_level)
        FROM work w WHERE t.company_id = $1 AND t.id = w.target
        """
    static let parameters: [PostgresType] = [.text, .textArray, .textArray]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.textArray(merges.map(\.source.rawValue))
        bindings.textArray(merges.map(\.target.rawValue))
    }
}

/// Incidents that were closed own nothing any more.
struct ReleaseKeys: Statement {
    var companyID: CompanyID
    var incidentIDs: [IncidentID]

    typealias Row = Void
    static let name = "release_keys"
    static let sql = """
        WITH keys AS (DELETE FROM incident_key WHERE company_id = $1 AND incident_id = ANY ($2))
        UPDATE incident_asset SET live = false WHERE company_id = $1 AND incident_id = ANY ($2) AND live
        """
    static let parameters: [PostgresType] = [.text, .textArray]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.textArray(incidentIDs.map(\.rawValue))
    }
}

/// The flapping identities of incidents became quiet.
struct QuietFlapping: Statement {
    var companyID: CompanyID
    var incidentIDs: [IncidentID]

    typealias Row = Void
    static let name = "quiet_flapping"
    static let sql = """
        UPDATE alert_identity SET is_flapping = false, transitions = '{}'
        WHERE company_id = $1 AND incident_id = ANY ($2) AND is_flapping
        """
    static let parameters: [PostgresType] = [.text, .textArray]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.textArray(incidentIDs.map(\.rawValue))
    }
}
