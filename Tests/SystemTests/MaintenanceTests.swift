import Domain
import Foundation
import Store
import TestSupport
import Testing

@Suite struct MaintenanceTests {
    @Test("a maintenance window keeps alerts quiet, lets recoveries pass, and releases what is still active at its end")
    func windowSuppressesAndReleases() async throws {
        try await Platform.with { platform in
            let database = platform.database
            let now = DatabaseClock().now
            let window = MaintenanceWindow(
                id: "mw-1", name: "Patch night", isEnabled: true,
                schedule: .oneOff(startsAt: now - .seconds(60), endsAt: now + .seconds(3600)),
                scope: MaintenanceScope(assets: ["web-*"]))
            let definition = String(decoding: try JSONEncoder().encode(window), as: UTF8.self)
            try await database.script(
                """
                INSERT INTO maintenance_window (company_id, id, definition, created_by, created_at, updated_at)
                VALUES ('\(platform.company.company.id)', 'mw-1', $json$\(definition)$json$, 'test', now(), now())
                """)
            for (asset, key) in [("web-01", "a"), ("web-02", "b"), ("db-01", "c")] {
                _ = try await platform.post(
                    AlertBody.one(["asset_name": asset, "dedup_key": key, "signature": "down_\(key)"]))
            }
            _ = try await platform.settled()
            let open = try await database.count("SELECT count(*) FROM incident")
            #expect(open == 1)
            let quiet = try await database.count("SELECT count(*) FROM alert_fate WHERE kind = 'suppressed'")
            #expect(quiet == 2)
            _ = try await platform.post(
                AlertBody.one([
                    "asset_name": "web-02", "dedup_key": "b", "signature": "down_b", "status": "resolved",
                ]))
            _ = try await platform.settled()

            try await database.setClock(ahead: 3700)
            let released = try await eventually {
                try await database.count(
                    "SELECT count(*) FROM incident WHERE primary_asset = 'web-01' AND status = 'new'") == 1
            }
            #expect(released)
            let reasons = try await database.texts(
                """
                SELECT f.kind || ' ' || f.reason FROM alert_fate f JOIN alert a ON a.id = f.alert_id
                WHERE a.asset = 'web-01' ORDER BY position
                """)
            #expect(reasons == ["suppressed maintenance", "opened maintenance_ended"])
            // And nothing else happened: nobody hears of what recovered in the window.
            let incidents = try await database.count("SELECT count(*) FROM incident")
            #expect(incidents == 2)
        }
    }
}
