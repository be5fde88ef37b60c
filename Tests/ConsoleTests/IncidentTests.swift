import HTTPTypes
import Testing

@testable import Console
@testable import Store

@Suite struct IncidentTests {
    @Test func anIncidentIsShownAsPromised() async throws {
        try await ConsoleFixture.with { console in
            let viewer = try await console.token("client_viewer@acme.test")
            let id = try await console.addIncident(minutesAgo: 125, alerts: 5)
            let answer = try await console.send(.get, "/api/incidents/\(id)", token: viewer)
            #expect(answer.status == 200)
            #expect(answer.headers[.eTag] == "\"1\"")
            let json = answer.json
            #expect(json["assets"] == ["web-server-01"] && json["tool_sources"] == ["Datadog"])
            #expect(json["status"] == "new" && json["alert_count"] == 5)
            // 60 for high, 10 for five alerts, 2 taken off for two whole hours.
            #expect(json["priority"]?["score"]?.double == 68)
            #expect(json["assigned_to"] == .null && json["resolved_at"] == .null)
            #expect(json["insight"]?["pattern"] == "single")
            // 125 minutes are more than the 120 that high allows for a response, and less than the 480 for a resolution.
            #expect(json["sla"]?["response_met"] == false && json["sla"]?["resolution_met"] == .null)
        }
    }

    @Test func listsAreNewestFirstAndPagedWithoutGaps() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("admin@msp.test")
            var expected: [String] = []
            for minute in 1...5 {
                expected.append(
                    try await console.addIncident(
                        in: minute % 2 == 0 ? console.zenith : console.acme, minutesAgo: minute))
            }
            var seen: [String] = []
            var cursor = ""
            for _ in 0..<3 {
                let page = try await console.send(.get, "/api/incidents?limit=2\(cursor)", token: admin)
                seen += page.items.compactMap { $0["id"]?.string }
                cursor = page.json["next_cursor"]?.string.map { "&cursor=\($0)" } ?? ""
            }
            #expect(seen == expected)
            #expect(cursor == "")
        }
    }

    @Test func sortedByPriorityTheMostPressingIsFirst() async throws {
        try await ConsoleFixture.with { console in
            let viewer = try await console.token("technician@acme.test")
            let low = try await console.addIncident(severity: "low", minutesAgo: 1)
            let old = try await console.addIncident(severity: "high", minutesAgo: 300)
            let fresh = try await console.addIncident(severity: "high", minutesAgo: 2)
            let critical = try await console.addIncident(severity: "critical", minutesAgo: 600)
            let all = try await console.send(.get, "/api/incidents?sort=priority", token: viewer)
            #expect(all.items.compactMap { $0["id"]?.string } == [critical, fresh, old, low])
            let scores = all.items.compactMap { $0["priority"]?["score"]?.double }
            #expect(scores == [82, 62, 57, 12])
            let first = try await console.send(.get, "/api/incidents?sort=priority&limit=2", token: viewer)
            let cursor = try #require(first.json["next_cursor"]?.string)
            let rest = try await console.send(
                .get, "/api/incidents?sort=priority&limit=2&cursor=\(cursor)", token: viewer)
            #expect(rest.items.compactMap { $0["id"]?.string } == [old, low])
            #expect(rest.json["next_cursor"] == .null)
            let mixed = try await console.send(.get, "/api/incidents?cursor=\(cursor)", token: viewer)
            #expect(mixed.status == 422 && mixed.wrongFields == ["cursor"])
        }
    }

    @Test func listsAreNarrowed() async throws {
        try await ConsoleFixture.with { console in
            let viewer = try await console.token("technician@acme.test")
            let open = try await console.addIncident(title: "Disk 100% full", severity: "low", asset: "db_1")
            _ = try await console.addIncident(title: "Disk 1000 full", status: "closed", asset: "dbx1")
            func ids(_ query: String) async throws -> [String] {
                try await console.send(.get, "/api/incidents?\(query)", token: viewer).items
                    .compactMap { $0["id"]?.string }
            }
            #expect(try await ids("status=open") == [open])
            #expect(try await ids("status=new,acknowledged&severity=low") == [open])
            #expect(try await ids("q=100%25") == [open])
            #expect(try await ids("q=DB_1") == [open])
            #expect(try await ids("assigned_to=me").isEmpty)
            #expect(try await ids("company_id=comp-acme").count == 2)
            let wrong = try await console.send(.get, "/api/incidents?status=sleeping&limit=0", token: viewer)
            #expect(wrong.status == 422 && Set(wrong.wrongFields) == ["status", "limit"])
            let blank = try await console.send(.get, "/api/incidents?cursor=&limit=", token: viewer)
            #expect(blank.status == 422 && Set(blank.wrongFields) == ["cursor", "limit"])
        }
    }

    @Test func peopleWorkOnAnIncident() async throws {
        try await ConsoleFixture.with { console in
            let token = try await console.token("technician@acme.test")
            let me = try await console.id(of: "technician@acme.test")
            let id = try await console.addIncident()
            let path = "/api/incidents/\(id)"
            let seen = try await console.send(.post, path + "/acknowledge", token: token)
            #expect(seen.json["status"] == "acknowledged" && seen.json["acknowledged_by"]?.string == me)
            #expect(seen.json["sla"]?["response_met"] == true)
            let twice = try await console.send(.post, path + "/acknowledge", token: token)
            #expect(twice.status == 409 && twice.json["title"] == "already_acknowledged")
            let given = try await console.send(
                .post, path + "/assign", token: token, body: ["user_id": .string(me)])
            #expect(given.json["assigned_to"]?.string == me && given.json["status"] == "in_progress")
            let viewer = try await console.id(of: "client_viewer@acme.test")
            let wrong = try await console.send(
                .post, path + "/assign", token: token, body: ["user_id": .string(viewer)])
            #expect(wrong.status == 422 && wrong.wrongFields == ["user_id"])
            let up = try await console.send(.post, path + "/escalate", token: token, body: ["reason": "Too big."])
            #expect(up.json["escalation_level"] == 2)
            let stale = try await console.send(
                .post, path + "/resolve", token: token, body: [:], headers: [.ifMatch: "\"1\""])
            #expect(stale.status == 412)
            let done = try await console.send(
                .post, path + "/resolve", token: token, body: ["resolution_notes": "Restarted."])
            #expect(done.json["status"] == "resolved" && done.json["resolution_notes"] == "Restarted.")
            #expect(done.json["resolved_by"]?.string == me)
            let again = try await console.send(.post, path + "/reopen", token: token)
            #expect(again.json["status"] == "in_progress" && again.json["resolved_at"] == .null)
        }
    }

    @Test func mergingEndsOneInTheOther() async throws {
        try await ConsoleFixture.with { console in
            let token = try await console.token("admin@msp.test")
            let (source, target) = (try await console.addIncident(), try await console.addIncident(minutesAgo: 9))
            let foreign = try await console.addIncident(in: console.zenith)
            let path = "/api/incidents/\(source)/merge"
            let wrong = try await console.send(.post, path, token: token, body: ["into": .string(foreign)])
            #expect(wrong.status == 422 && wrong.wrongFields == ["into"])
            let merged = try await console.send(.post, path, token: token, body: ["into": .string(target)])
            #expect(merged.status == 200)
            #expect(merged.json["status"] == "merged" && merged.json["merged_into"]?.string == target)
            #expect(try await console.send(.post, path, token: token, body: ["into": .string(target)]).status == 409)
        }
    }

    @Test func internalNotesNeverReachClients() async throws {
        try await ConsoleFixture.with { console in
            let technician = try await console.token("technician@acme.test")
            let id = try await console.addIncident()
            let path = "/api/incidents/\(id)"
            for (text, hidden) in [("For everybody", false), ("Only for us", true)] {
                let noted = try await console.send(
                    .post, path + "/notes", token: technician, body: ["text": .string(text), "internal": .bool(hidden)])
                #expect(noted.status == 200)
            }
            let ours = try await console.send(.get, path + "/timeline", token: technician)
            #expect(ours.items.compactMap { $0["data"]?["text"]?.string } == ["For everybody", "Only for us"])
            for client in ["client_viewer@acme.test", "company_admin@acme.test"] {
                let theirs = try await console.send(
                    .get, path + "/timeline", token: try await console.token(client))
                #expect(theirs.items.compactMap { $0["data"]?["text"]?.string } == ["For everybody"])
                #expect(!theirs.json.text.contains("@"))
                #expect(theirs.items.allSatisfy { $0 != .null })
            }
            let admin = try await console.token("company_admin@acme.test")
            let hidden = try await console.send(
                .post, path + "/notes", token: admin, body: ["text": "x", "internal": true])
            #expect(hidden.status == 422)
        }
    }

    @Test func theTimelineIsPaged() async throws {
        try await ConsoleFixture.with { console in
            let token = try await console.token("technician@acme.test")
            let id = try await console.addIncident()
            for number in 1...3 { try await console.addTimeline(id, summary: "Step \(number).") }
            let first = try await console.send(.get, "/api/incidents/\(id)/timeline?limit=2", token: token)
            #expect(first.items.compactMap { $0["summary"]?.string } == ["Step 1.", "Step 2."])
            let cursor = try #require(first.json["next_cursor"]?.string)
            let rest = try await console.send(
                .get, "/api/incidents/\(id)/timeline?limit=2&cursor=\(cursor)", token: token)
            #expect(rest.items.compactMap { $0["summary"]?.string } == ["Step 3."])
        }
    }
}
