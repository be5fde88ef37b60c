import Foundation
import TestSupport
import Testing

@Suite struct OriginalFlowTests {
    @Test("five CPU alerts of five servers become one incident with that title and 80 % less noise")
    func fiveAlertsBecomeOneIncident() async throws {
        try await Platform.with { platform in
            for asset in ["web-server-01", "web-server-02", "web-server-03", "app-server-01", "app-server-02"] {
                let answer = try await platform.post(AlertBody.one(["asset_name": asset]))
                #expect(answer.status == 202)
            }
            let settled = try await platform.settled()
            #expect(settled)
            let database = platform.database
            let open = try await database.count(
                """
                SELECT count(*) FROM incident WHERE status = 'new' AND title = 'High CPU Usage Across 5 Servers'
                    AND alert_count = 5 AND asset_count = 5 AND insight ->> 'pattern' = 'storm'
                """)
            #expect(open == 1)
            let others = try await database.count("SELECT count(*) FROM incident WHERE status NOT IN ('new', 'merged')")
            #expect(others == 0)
            let noise = try await database.count(
                """
                SELECT 100 - 100 * (SELECT count(*) FROM incident WHERE status <> 'merged')
                    / (SELECT count(*) FROM alert WHERE event = 'firing')
                """)
            #expect(noise == 80)
            // And nothing else happened: every alert's latest fate is with that incident, and the only timers and keys
            // are none and its own.
            let strays = try await database.count(
                """
                SELECT count(*) FROM (SELECT DISTINCT ON (alert_id) * FROM alert_fate ORDER BY alert_id, position DESC) f
                JOIN incident i ON i.id = f.incident_id WHERE i.status <> 'new'
                """)
            #expect(strays == 0)
            let timers = try await database.count("SELECT count(*) FROM timer")
            #expect(timers == 0)
            let keys = try await database.count(
                "SELECT count(*) FROM incident_key k JOIN incident i ON i.id = k.incident_id WHERE i.status <> 'new'")
            #expect(keys == 0)
        }
    }

    @Test("when all alerts recover the incident resolves by itself after the hold, and closes after the reopen window")
    func recoveryResolvesAndCloses() async throws {
        try await Platform.with { platform in
            let database = platform.database
            _ = try await platform.post(AlertBody.one(["dedup_key": "d1"]))
            _ = try await platform.settled()
            _ = try await platform.post(AlertBody.one(["dedup_key": "d1", "status": "resolved"]))
            _ = try await platform.settled()
            let held = try await eventually { try await database.count("SELECT count(*) FROM timer") == 1 }
            #expect(held)
            let stillOpen = try await database.count("SELECT count(*) FROM incident WHERE status = 'new'")
            #expect(stillOpen == 1)
            try await database.setClock(ahead: 121)
            let resolved = try await eventually {
                try await database.count("SELECT count(*) FROM incident WHERE status = 'resolved'") == 1
            }
            #expect(resolved)
            try await database.setClock(ahead: 121 + 601)
            let closed = try await eventually {
                try await database.count("SELECT count(*) FROM incident WHERE status = 'closed'") == 1
            }
            #expect(closed)
            // And nothing else happened.
            let left = try await database.count(
                "SELECT (SELECT count(*) FROM timer) + (SELECT count(*) FROM incident_key)")
            #expect(left == 0)
            let incidents = try await database.count("SELECT count(*) FROM incident")
            #expect(incidents == 1)
        }
    }
}
