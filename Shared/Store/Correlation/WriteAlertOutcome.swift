import Domain
import Foundation
import Postgres

/// Gives alerts their fates and takes them off the waiting list.
///
/// `$9` marks alerts that had a fate before (released from a maintenance window): theirs is added behind it.
struct WriteFates: Statement {
    var companyID: CompanyID
    var alerts: [StoredPendingAlert]
    /// One for each alert, in the same order.
    var fates: [Fate]
    var now: Timestamp

    typealias Row = Void
    static let name = "write_fates"
    static let sql = """
        WITH decided AS (
            SELECT * FROM unnest($2::uuid[], $3::date[], $4::int2[], $5::text[], $6::text[], $7::text[], $8::text[],
                $9::boolean[], $11::timestamptz[], $12::timestamptz[])
                AS d (alert_id, day, retention_class, kind, reason, explanation, incident_id, again, event_at, received_at)
        ), taken AS (
            DELETE FROM undecided_alert u USING decided d
            WHERE u.company_id = $1 AND u.event_at = d.event_at AND u.received_at = d.received_at
                AND u.alert_id = d.alert_id
        )
        INSERT INTO alert_fate (company_id, alert_id, position, retention_class, day, kind, reason, explanation,
            incident_id, decided_at)
        SELECT $1, d.alert_id, CASE WHEN d.again THEN
                (SELECT coalesce(max(f.position), 0) + 1 FROM alert_fate f
                    WHERE f.company_id = $1 AND f.alert_id = d.alert_id AND f.day = d.day)
            ELSE 1 END,
            d.retention_class, d.day, d.kind, d.reason, d.explanation, d.incident_id, $10
        FROM decided d
        """
    static let parameters: [PostgresType] = [
        .text, .uuidArray, .dateArray, .int2Array, .textArray, .textArray, .textArray, .textArray, .boolArray,
        .timestamptz, .timestamptzArray, .timestamptzArray,
    ]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.uuidArray(alerts.map(\.alert.id.rawValue))
        bindings.dateArray(daysSince1970: alerts.map(\.day))
        bindings.int2Array(alerts.map(\.retentionClass))
        bindings.textArray(fates.map(\.kind.rawValue))
        bindings.textArray(fates.map(\.reason.name))
        bindings.textArray(fates.map(\.reason.explanation))
        bindings.textArray(fates.map { $0.incidentID?.rawValue })
        bindings.boolArray(alerts.map { $0.alert.releasedBy != nil })
        bindings.instant(now)
        bindings.instantArray(alerts.map(\.alert.eventAt))
        bindings.instantArray(alerts.map(\.alert.receivedAt))
    }
}

struct WriteIdentities: Statement {
    var companyID: CompanyID
    var identities: [IdentityState]

    typealias Row = Void
    static let name = "write_identities"
    static let sql = """
        INSERT INTO alert_identity (company_id, integration_id, dedup_key, asset, signature, tool, kind, severity,
            last_event_at, last_resolved_at, last_firing_alert, incident_id, transitions, is_flapping, suppressed_by)
        SELECT $1, integration_id, dedup_key, asset, signature, tool, kind, severity, last_event_at, last_resolved_at,
            last_firing_alert, incident_id, transitions::timestamptz[], is_flapping, suppressed_by
        FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
            $9::timestamptz[], $10::timestamptz[], $11::uuid[], $12::text[], $13::text[], $14::boolean[], $15::text[])
            AS i (integration_id, dedup_key, asset, signature, tool, kind, severity, last_event_at, last_resolved_at,
                last_firing_alert, incident_id, transitions, is_flapping, suppressed_by)
        ON CONFLICT (company_id, integration_id, dedup_key) DO UPDATE SET
            asset = excluded.asset, signature = excluded.signature, tool = excluded.tool, kind = excluded.kind,
            severity = excluded.severity, last_event_at = excluded.last_event_at,
            last_resolved_at = excluded.last_resolved_at, last_firing_alert = excluded.last_firing_alert,
            incident_id = excluded.incident_id, transitions = excluded.transitions,
            is_flapping = excluded.is_flapping, suppressed_by = excluded.suppressed_by
        """
    static let parameters: [PostgresType] = [
        .text, .textArray, .textArray, .textArray, .textArray, .textArray, .textArray, .textArray, .timestamptzArray,
        .timestamptzArray, .uuidArray, .textArray, .textArray, .boolArray, .textArray,
    ]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.textArray(identities.map(\.identity.integrationID.rawValue))
        bindings.textArray(identities.map(\.identity.dedupKey))
        bindings.textArray(identities.map(\.asset))
        bindings.textArray(identities.map(\.signature))
        bindings.textArray(identities.map(\.tool))
        bindings.textArray(identities.map(\.kind.rawValue))
        bindings.textArray(identities.map(\.severity.rawValue))
        bindings.instantArray(identities.map(\.lastEventAt))
        bindings.instantArray(identities.map(\.lastResolvedAt))
        bindings.uuidArray(identities.map { $0.lastFiringAlert?.rawValue })
        bindings.textArray(identities.map { $0.incidentID?.rawValue })
        // PostgreSQL has no arrays of arrays of different lengths, so each goes as the text of an array.
        bindings.textArray(identities.map { "{" + $0.transitions.map(\.rfc3339).joined(separator: ",") + "}" })
        bindings.boolArray(identities.map(\.isFlapping))
        bindings.textArray(identities.map { $0.suppressedBy?.rawValue })
    }
}

struct WriteKeys: Statement {
    var companyID: CompanyID
    var keys: [(key: CorrelationKey, owner: IncidentID)]

    typealias Row = Void
    static let name = "write_keys"
    static let sql = """
        INSERT INTO incident_key (company_id, key, incident_id)
        SELECT $1, key, owner FROM unnest($2::text[], $3::text[]) AS k (key, owner)
        ON CONFLICT (company_id, key) DO UPDATE SET incident_id = excluded.incident_id
        WHERE incident_key.incident_id <> excluded.incident_id
        """
    static let parameters: [PostgresType] = [.text, .textArray, .textArray]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.textArray(keys.map(\.key.text))
        bindings.textArray(keys.map(\.owner.rawValue))
    }
}
