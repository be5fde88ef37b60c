import Foundation
import Testing

@testable import Domain

@Suite("Priority")
struct PriorityTests {
    private func score(
        _ severity: Severity = .high, alerts: Int = 1, critical: Bool = false, tools: Int = 1, hours: Double = 0,
        until: Timestamp? = nil, weights: PriorityWeights = PriorityWeights()
    ) -> PriorityScore {
        weights.score(
            severity: severity, alertCount: alerts, touchesCriticalAsset: critical, toolCount: tools,
            openedAt: Clock.start, agedUntil: until, now: Clock.start + .seconds(hours * 3600))
    }

    @Test("one alert by severity", arguments: [(Severity.critical, 92.0), (.high, 62), (.medium, 32), (.low, 12)])
    func severity(severity: Severity, points: Double) {
        #expect(score(severity).score == points)
    }

    @Test("alerts count two each, at most twenty")
    func alerts() {
        #expect([2, 5, 10, 11, 1000].map { score(alerts: $0).score } == [64, 70, 80, 80, 80])
    }

    @Test("all parts are named and add up")
    func parts() {
        let full = score(.critical, alerts: 3, critical: true, tools: 2, hours: 2.5)
        #expect(full.score == 90 + 20 + 6 + 10 - 2)
        #expect(full.parts.map(\.name) == ["severity", "critical_asset", "alerts", "multi_tool", "age"])
        #expect(full.parts.map(\.points) == [90, 20, 6, 10, -2])
        #expect(
            full.parts.map(\.why) == [
                "critical", "touches a critical asset", "3 alerts", "reported by 2 tools", "2 hours old",
            ])
        #expect(full.parts.reduce(0) { $0 + $1.points } == full.score)
        #expect(score().parts.map(\.name) == ["severity", "alerts"])
    }

    @Test(
        "age takes one an hour, whole hours only, at most ten",
        arguments: [
            (0.0, 62.0), (0.999, 62), (1, 61), (1.5, 61), (9.99, 53), (10, 52), (1000, 52), (-5, 62),
        ])
    func age(hours: Double, points: Double) {
        #expect(score(hours: hours).score == points)
    }

    @Test("what is resolved ages no further")
    func resolved() {
        #expect(score(hours: 9, until: Clock.start + .seconds(2 * 3600)).score == 60)
        #expect(score(hours: 1, until: Clock.start + .seconds(5 * 3600)).score == 61)
    }

    @Test("the stored score has no age")
    func stored() {
        let stored = PriorityWeights().staticScore(
            severity: .high, alertCount: 5, touchesCriticalAsset: true, toolCount: 2)
        #expect(stored.score == 100)
        #expect(!stored.parts.map(\.name).contains("age"))
    }

    @Test("weights are a company's own, and what is left out has its default")
    func weights() throws {
        let weights = try JSONDecoder().decode(
            PriorityWeights.self,
            from: Data(#"{"critical": 100, "per_alert_maximum": 4, "age_decay_per_hour": 2.5}"#.utf8))
        #expect(weights.high == 60)
        #expect(score(.critical, alerts: 50, hours: 2, weights: weights).score == 99)
        let again = try JSONDecoder().decode(PriorityWeights.self, from: JSONEncoder().encode(weights))
        #expect(again == weights)
        #expect(weights.problems.isEmpty)
        var wrong = weights
        wrong.multiTool = -1
        wrong.low = 2000
        #expect(wrong.problems.map(\.field) == ["low", "multi_tool"])
    }

    @Test("a score crosses JSON with its parts")
    func json() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(score()), as: UTF8.self)
        #expect(
            text
                == #"{"parts":[{"name":"severity","points":60,"why":"high"},{"name":"alerts","points":2,"why":"1 alert"}],"score":62}"#
        )
    }
}
