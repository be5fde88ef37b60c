import Domain
import HTTPTypes
import Testing

@testable import Console
@testable import Store

@Suite struct AlertTests {
    @Test func anAlertIsShownWithItsFates() async throws {
        try await ConsoleFixture.with { console in
            let token = try await console.token("client_viewer@acme.test")
            let incident = try await console.addIncident()
            let id = try await console.addAlert(incident: incident, fates: ["suppressed", "joined"])
            let answer = try await console.send(.get, "/api/alerts/\(id)", token: token)
            #expect(answer.status == 200)
            #expect(answer.json["state"] == "active" && answer.json["incident_id"]?.string == incident)
            #expect(answer.json["fate"]?["kind"] == "joined")
            #expect(answer.json["fates"]?.array?.count == 2)
            #expect(answer.json["labels"] == ["region": "eu"] && answer.json["original_severity"] == "P2")
            #expect(try await console.send(.get, "/api/alerts/no-id", token: token).status == 404)
        }
    }

    @Test func theStateFollowsFromTheLatestFateAndTheIdentity() async throws {
        try await ConsoleFixture.with { console in
            let token = try await console.token("client_viewer@acme.test")
            let quiet = try await console.addAlert(asset: "a", fates: ["suppressed"])
            let active = try await console.addAlert(asset: "b")
            let over = try await console.addAlert(asset: "c", minutesAgo: 9)
            let recovery = try await console.addAlert(event: "resolved", asset: "c", fates: ["resolved"], minutesAgo: 8)
            let undecided = try await console.addAlert(asset: "d", fates: [], minutesAgo: 1)
            try await console.database.script(
                """
                INSERT INTO alert_identity (company_id, integration_id, dedup_key, asset, signature, tool, kind, severity,
                    last_event_at, last_resolved_at)
                SELECT company_id, integration_id, dedup_key, asset, signature, tool_source, 'resolved', severity,
                    event_at, event_at FROM alert WHERE id = '\(recovery)'
                """)
            func ids(_ status: String) async throws -> Set<String> {
                Set(
                    try await console.send(.get, "/api/alerts?status=\(status)", token: token).items
                        .compactMap { $0["id"]?.string })
            }
            #expect(try await ids("suppressed") == [quiet])
            #expect(try await ids("active") == [active, undecided])
            #expect(try await ids("resolved") == [over, recovery])
            #expect(try await ids("firing") == [quiet, active, over, undecided])
            let waiting = try await console.send(.get, "/api/alerts/\(undecided)", token: token)
            #expect(waiting.json["fate"] == .null && waiting.json["fates"] == [])
        }
    }

    @Test func alertsOfAnIncidentAreThoseWhoseLatestFateSaysSo() async throws {
        try await ConsoleFixture.with { console in
            let token = try await console.token("technician@acme.test")
            let (one, two) = (try await console.addIncident(), try await console.addIncident())
            let mine = try await console.addAlert(incident: one, minutesAgo: 3)
            let moved = try await console.addAlert(incident: one, minutesAgo: 2)
            try await console.database.script(
                """
                INSERT INTO alert_fate (company_id, alert_id, position, retention_class, day, kind, reason, explanation,
                    incident_id, decided_at)
                SELECT company_id, alert_id, 1, 0, day, 'joined', 'merged_by_person', '', '\(two)', decided_at
                FROM alert_fate WHERE alert_id = '\(moved)'
                """)
            for path in ["/api/incidents/\(one)/alerts", "/api/alerts?incident_id=\(one)"] {
                let answer = try await console.send(.get, path, token: token)
                #expect(answer.items.compactMap { $0["id"]?.string } == [mine])
            }
            let other = try await console.send(.get, "/api/incidents/\(two)/alerts", token: token)
            #expect(other.items.compactMap { $0["id"]?.string } == [moved])
        }
    }

    @Test func listsArePagedAndNarrowed() async throws {
        try await ConsoleFixture.with { console in
            let token = try await console.token("technician@acme.test")
            var expected: [String] = []
            for minute in 1...3 {
                expected.append(try await console.addAlert(asset: "host-\(minute)", minutesAgo: minute))
            }
            let first = try await console.send(.get, "/api/alerts?limit=2", token: token)
            #expect(first.items.compactMap { $0["id"]?.string } == Array(expected.prefix(2)))
            let cursor = try #require(first.json["next_cursor"]?.string)
            let rest = try await console.send(.get, "/api/alerts?limit=2&cursor=\(cursor)", token: token)
            #expect(rest.items.compactMap { $0["id"]?.string } == [expected[2]])
            let since = (console.clock.now - .seconds(90)).rfc3339
            let late = try await console.send(.get, "/api/alerts?since=\(since)", token: token)
            #expect(late.items.compactMap { $0["id"]?.string } == [expected[0]])
            let one = try await console.send(.get, "/api/alerts?asset=host-2&severity=high&q=cpu", token: token)
            #expect(one.items.compactMap { $0["id"]?.string } == [expected[1]])
            let wrong = try await console.send(.get, "/api/alerts?since=yesterday&severity=bad", token: token)
            #expect(Set(wrong.wrongFields) == ["since", "severity"])
        }
    }
}

@Suite struct OverviewTests {
    @Test func figuresCountWhatTheyClaim() async throws {
        try await ConsoleFixture.with { console in
            let token = try await console.token("client_viewer@acme.test")
            for _ in 0..<10 { _ = try await console.addAlert() }
            _ = try await console.addAlert(event: "resolved", fates: ["resolved"])
            let target = try await console.addIncident(
                status: "resolved", severity: "high", minutesAgo: 600, firstResponseAfterMinutes: 10,
                resolvedAfterMinutes: 60)
            // Answered after 200 minutes, where 120 are allowed; not resolved in time either.
            _ = try await console.addIncident(
                status: "in_progress", severity: "high", minutesAgo: 600, firstResponseAfterMinutes: 200)
            _ = try await console.addIncident(status: "merged", minutesAgo: 600, mergedInto: target)
            _ = try await console.addIncident(in: console.zenith)
            let figures = try await console.send(.get, "/api/metrics/overview", token: token)
            #expect(figures.json["alerts"] == 10 && figures.json["incidents"] == 2)
            #expect(figures.json["resolved"] == 1 && figures.json["resolved_percent"]?.double == 50)
            #expect(figures.json["noise_reduction_percent"]?.double == 80)
            #expect(figures.json["mean_time_to_acknowledge_s"]?.double == 6300.0)
            #expect(figures.json["mean_time_to_resolve_s"]?.double == 3600)
            #expect(figures.json["sla_response_percent"]?.double == 50)
            #expect(figures.json["sla_resolution_percent"]?.double == 50)
        }
    }

    @Test func whereNothingHappenedFiguresAreNull() async throws {
        try await ConsoleFixture.with { console in
            let token = try await console.token("client_viewer@acme.test")
            let figures = try await console.send(
                .get, "/api/metrics/overview?from=2020-01-01T00:00:00Z&to=2020-02-01T00:00:00Z", token: token)
            #expect(figures.json["alerts"] == 0)
            for name in [
                "resolved_percent", "noise_reduction_percent", "mean_time_to_resolve_s", "sla_response_percent",
            ] {
                #expect(figures.json[name] == .null)
            }
            let backwards = try await console.send(
                .get, "/api/metrics/overview?from=2020-02-01T00:00:00Z&to=2020-01-01T00:00:00Z", token: token)
            #expect(backwards.wrongFields == ["from"])
        }
    }
}
