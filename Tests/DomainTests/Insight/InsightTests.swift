import Foundation
import Testing

@testable import Domain

@Suite("The rules' insight")
struct InsightTests {
    private func incident(_ change: (inout IncidentState) -> Void = { _ in }) -> IncidentState {
        var state = IncidentState(
            id: "inc-1", title: "", signature: "high_cpu_usage", primaryAsset: "web-01", status: .new, severity: .high,
            openedAt: Clock.start, lastEventAt: Clock.start)
        state.category = "cpu"
        state.alertCount = 1
        state.assetCount = 1
        state.assets = ["web-01": IncidentAsset(firstEventAt: Clock.start, lastEventAt: Clock.start, alertCount: 1)]
        state.toolSources = ["Datadog"]
        state.signatures = ["high_cpu_usage"]
        change(&state)
        return state
    }

    @Test("patterns, the first that fits: flapping, cascade, storm, several tools, single")
    func patterns() {
        var state = incident()
        #expect(IncidentAnalyser.analyse(state).pattern == .single)
        state.toolSources.append("Zabbix")
        #expect(IncidentAnalyser.analyse(state).pattern == .multiTool)
        state.assetCount = 2
        #expect(IncidentAnalyser.analyse(state).pattern == .storm)
        state.symptomCount = 1
        #expect(IncidentAnalyser.analyse(state).pattern == .cascade)
        state.isFlapping = true
        #expect(IncidentAnalyser.analyse(state).pattern == .flapping)
    }

    @Test("confidence follows its formula and never reaches certainty")
    func confidence() {
        #expect(IncidentAnalyser.analyse(incident()).confidence == 0.6)
        #expect(IncidentAnalyser.analyse(incident { $0.category = "other" }).confidence == 0.5)
        #expect(IncidentAnalyser.analyse(incident { $0.toolSources = ["A", "B"] }).confidence == 0.8)
        #expect(IncidentAnalyser.analyse(incident { $0.alertCount = 3 }).confidence == 0.64)
        #expect(IncidentAnalyser.analyse(incident { $0.alertCount = 500 }).confidence == 0.7)
        #expect(IncidentAnalyser.analyse(incident { ($0.assetCount, $0.alertCount) = (5, 5) }).confidence == 0.9)
        #expect(
            IncidentAnalyser.analyse(incident { ($0.symptomCount, $0.assetCount, $0.alertCount) = (2, 3, 3) })
                .confidence == 0.85)
        #expect(
            IncidentAnalyser.analyse(
                incident {
                    $0.isFlapping = true
                    ($0.alertCount, $0.toolSources) = (99, ["A", "B"])
                }
            ).confidence == 0.95)
    }

    @Test("evidence is sentences with figures")
    func evidence() {
        let storm = IncidentAnalyser.analyse(
            incident {
                ($0.assetCount, $0.alertCount, $0.assetKinds) = (5, 7, ["server"])
                $0.lastEventAt = Clock.seconds(450)
                $0.touchesCriticalAsset = true
            })
        #expect(
            storm.evidence == [
                "7 alerts from 5 servers within 8 minutes.", "Reported by Datadog.", "It touches a critical asset.",
            ])
        #expect(storm.rootCause.hasPrefix("5 servers raised it together."))
        let cascade = IncidentAnalyser.analyse(
            incident {
                ($0.assetCount, $0.alertCount, $0.symptomCount, $0.suspectedCauseAsset) = (3, 4, 3, "db-01")
                $0.signatures = ["high_cpu_usage", "http_5xx"]
                $0.toolSources = ["Datadog", "Zabbix"]
                $0.reopenCount = 1
            })
        #expect(
            cascade.evidence == [
                "4 alerts from 3 servers.", "3 alerts came from assets that depend on db-01.",
                "2 tools report it: Datadog, Zabbix.",
                "2 kinds of problem: High CPU Usage, HTTP 5xx.", "It was opened again 1 time.",
            ])
        #expect(cascade.rootCause.hasPrefix("db-01 failed first"))
        #expect(cascade.recommendation.hasPrefix("Start with db-01"))
        #expect(IncidentAnalyser.analyse(incident()).evidence == ["1 alert from web-01.", "Reported by Datadog."])
    }

    @Test("every family and pattern has whole sentences", arguments: SignatureFamily.allCases)
    func texts(family: SignatureFamily) {
        let changes: [(inout IncidentState) -> Void] = [
            { _ in }, { $0.toolSources = ["A", "B"] }, { $0.assetCount = 3 }, { $0.symptomCount = 2 },
            { $0.isFlapping = true },
        ]
        for change in changes {
            let insight = IncidentAnalyser.analyse(
                incident {
                    $0.category = family.rawValue
                    change(&$0)
                })
            for text in [insight.rootCause, insight.recommendation] + insight.evidence {
                #expect(text.hasSuffix("."))
                #expect(!text.contains("  ") && !text.contains(".."))
                #expect(text.first?.isLowercase == false || text.hasPrefix("web-01"))
            }
            #expect((0.5...0.95).contains(insight.confidence))
            #expect(insight.source == .rules)
        }
    }

    @Test(
        "families by the words of the rule",
        arguments: [
            ("high_cpu_usage", SignatureFamily.cpu), ("LoadAverageHigh", .cpu), ("memory_leak", .memory),
            ("OOMKilled", .memory),
            ("oom_kill", .memory), ("disk_full", .disk), ("FilesystemAlmostFull", .disk), ("mysql_disk_full", .disk),
            ("mysql_down", .database), ("postgres-replication-lag", .database), ("rds_cpu_high", .cpu),
            ("PacketLoss", .network),
            ("dns_failure", .network), ("InstanceDown", .serviceDown), ("nginx_crashed", .serviceDown),
            ("http_5xx", .serviceDown),
            ("ssl_certificate_expiry", .certificate), ("TLSCertExpiringSoon", .certificate), ("backup_failed", .backup),
            ("BruteForceLogin", .security), ("s3_bucket_policy", .cloud), ("lambda_throttles", .cloud),
            ("weird_thing", .other),
        ])
    func families(signature: String, family: SignatureFamily) {
        #expect(SignatureFamily.of(signature: signature) == family)
    }

    @Test("a name that says nothing leaves it to the message")
    func message() {
        #expect(SignatureFamily.of(signature: "alert_4711", message: "CPU at 95%") == .cpu)
        #expect(SignatureFamily.of(signature: "disk_full", message: "CPU at 95%") == .disk)
        #expect(SignatureFamily.of(signature: "alert_4711", message: "") == .other)
    }

    @Test("an insight crosses JSON with the names of the API")
    func json() throws {
        let insight = IncidentAnalyser.analyse(incident())
        let data = try JSONEncoder().encode(insight)
        #expect(String(decoding: data, as: UTF8.self).contains(#""root_cause""#))
        #expect(try JSONDecoder().decode(Insight.self, from: data) == insight)
    }
}
