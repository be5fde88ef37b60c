import Foundation
import Store
import TestSupport
import Testing

@Suite struct CorrelatorScaleTests {
    /// What incidents there are, however their ids came out: title, status, counts and assets, in order.
    private func incidents(of correlators: Int) async throws -> [String] {
        var settings = CompanySettings()
        settings.rateLimit.perMinute = 1_000_000
        settings.rateLimit.burst = 1_000_000
        return try await Platform.with(
            Platform.Size(ingest: 2, correlator: correlators), settings: settings
        ) { platform in
            // Ten identities a second for 40 rounds, each posted in the order of its events by one sender.
            let start = Date(timeIntervalSinceNow: -300)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for sender in 0..<10 {
                    group.addTask {
                        for round in 0..<40 {
                            let time = start.addingTimeInterval(Double(round) * 2 + Double(sender) * 0.1)
                            let answer = try await platform.post(
                                AlertBody.one([
                                    "asset_name": "asset-\(sender)", "signature": "sig_\(sender % 5)_\(round % 4)",
                                    "dedup_key": "d\(sender)-\(round % 4)",
                                    "status": round >= 20 && round % 2 == 1 ? "resolved" : "firing",
                                    "timestamp": time.formatted(.iso8601),
                                ]), ingest: sender % 2)
                            if answer.status != 202 { throw TestFailure("answered \(answer.status)") }
                        }
                    }
                }
                try await group.waitForAll()
            }
            guard try await platform.settled() else { throw TestFailure("alerts are left without a fate") }
            return try await platform.database.texts(
                """
                SELECT format('%s|%s|%s alerts|%s firing|%s', i.title, i.status, i.alert_count, i.firing_identities,
                    (SELECT string_agg(asset || ':' || alert_count, ',' ORDER BY asset) FROM incident_asset a
                        WHERE a.incident_id = i.id))
                FROM incident i WHERE status <> 'merged' ORDER BY 1
                """)
        }
    }

    @Test("three Correlators give the incidents that one gives")
    func anyNumberGivesTheSame() async throws {
        let one = try await incidents(of: 1)
        let three = try await incidents(of: 3)
        #expect(one == three)
        #expect(!one.isEmpty)
    }
}
