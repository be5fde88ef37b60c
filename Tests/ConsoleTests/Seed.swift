import Domain
import Foundation
import TestSupport

@testable import Store

/// Rows as the Correlator and Ingest write them, put straight into the database.
extension ConsoleFixture {
    /// An incident that was opened some minutes ago.
    @discardableResult
    func addIncident(
        in company: CreatedCompany? = nil, title: String = "High CPU on web-server-01", status: String = "new",
        severity: String = "high", minutesAgo: Int = 5, alerts: Int = 1, asset: String = "web-server-01",
        firstResponseAfterMinutes: Int? = nil, resolvedAfterMinutes: Int? = nil, mergedInto: String? = nil
    ) async throws -> String {
        let company = (company ?? acme).company.id
        let opened = clock.now - .seconds(minutesAgo * 60)
        let id = IdentifierMint.text("inc", at: opened)
        let at = "'\(opened.rfc3339)'::timestamptz"
        let weights = PriorityWeights()
        let score = weights.staticScore(
            severity: Severity(rawValue: severity) ?? .low, alertCount: alerts, touchesCriticalAsset: false,
            toolCount: 1
        ).score
        try await database.script(
            """
            INSERT INTO incident (company_id, id, title, signature, primary_asset, category, status, severity,
                alert_count, firing_identities, asset_count, tool_sources, signatures, touches_critical_asset,
                is_rolled_up, is_flapping, symptom_count, asset_kinds, insight, static_score, opened_at, last_event_at, reopen_count,
                first_responded_at, resolved_at, merged_into, updated_at)
            VALUES ('\(company)', '\(id)', '\(title)', 'high_cpu_usage', '\(asset)', 'cpu', '\(status)', '\(severity)',
                \(alerts), 1, 1, '{Datadog}', '{high_cpu_usage}', false, false, false, 0, '{server}',
                '{"pattern": "single", "root_cause": "c", "recommendation": "r", "confidence": 0.5, "source": "rules",
                  "evidence": []}', \(score), \(at), \(at), 0,
                \(Self.after(at, firstResponseAfterMinutes)), \(Self.after(at, resolvedAfterMinutes)),
                \(mergedInto.map { "'\($0)'" } ?? "NULL"), \(at));
            INSERT INTO incident_asset (company_id, incident_id, asset, first_event_at, last_event_at, alert_count)
            VALUES ('\(company)', '\(id)', '\(asset)', \(at), \(at), \(alerts));
            """)
        return id
    }

    private static func after(_ at: String, _ minutes: Int?) -> String {
        minutes.map { "\(at) + interval '\($0) minutes'" } ?? "NULL"
    }

    /// An alert with a fate for each reason given.
    @discardableResult
    func addAlert(
        in company: CreatedCompany? = nil, incident: String? = nil, event: String = "firing",
        asset: String = "web-server-01", message: String = "CPU at 95%", fates: [String] = ["opened"],
        minutesAgo: Int = 5
    ) async throws -> String {
        let made = company ?? acme
        let received = clock.now - .seconds(minutesAgo * 60)
        let id = UUIDv7.make(at: received).uuidString.lowercased()
        let at = "'\(received.rfc3339)'::timestamptz"
        let day = "(\(at) AT TIME ZONE 'UTC')::date"
        var sql = """
            INSERT INTO alert (company_id, id, retention_class, day, integration_id, dedup_key, event, asset, signature,
                severity, original_severity, message, tool_source, labels, links, event_at, received_at, trace)
            VALUES ('\(made.company.id)', '\(id)', 0, \(day), '\(made.integration.id)', '\(asset)|cpu', '\(event)',
                '\(asset)', 'high_cpu_usage', 'high', 'P2', '\(message)', 'Datadog', '{"region": "eu"}',
                '["https://example.com"]', \(at), \(at), '');
            """
        for (position, kind) in fates.enumerated() {
            sql += """
                INSERT INTO alert_fate (company_id, alert_id, position, retention_class, day, kind, reason, explanation,
                    incident_id, decided_at)
                VALUES ('\(made.company.id)', '\(id)', \(position), 0, \(day), '\(kind)', 'no_open_incident', 'Because.',
                    \(incident.map { "'\($0)'" } ?? "NULL"), \(at));
                """
        }
        try await database.script(sql)
        return id
    }

    /// A journal row of an incident.
    func addTimeline(
        _ incident: String, kind: String = "incident.noted", summary: String, isInternal: Bool = false,
        data: String = "{}"
    ) async throws {
        try await database.script(
            """
            INSERT INTO journal (company_id, day, at, kind, actor, subject_kind, subject_id, incident_id, internal,
                summary, data)
            VALUES ('\(acme.company.id)', (aw_now() AT TIME ZONE 'UTC')::date, aw_now(), '\(kind)',
                'service:correlator', 'incident', '\(incident)', '\(incident)', \(isInternal), '\(summary)', '\(data)')
            """)
    }
}
