import Testing

@testable import Domain

@Suite("Alert events")
struct AlertEventTests {
    private func event(
        _ asset: String = "web", _ signature: String = "cpu", tool: String = "", key: String? = nil,
        at: Timestamp? = nil
    ) -> AlertEvent {
        AlertEvent(
            asset: asset, signature: signature, severity: .high, message: "", toolSource: tool, dedupKey: key,
            timestamp: at)
    }

    @Test("the default dedup key is asset, signature and tool, and no two triples share one")
    func dedupKey() {
        #expect(event("web", "cpu", tool: "Datadog").effectiveDedupKey == "3:web|3:cpu|7:Datadog")
        #expect(event("a|1:b", "c").effectiveDedupKey != event("a", "1:b|c").effectiveDedupKey)
        #expect(event("ä", "c").effectiveDedupKey == "2:ä|1:c|0:")
        #expect(event(key: "trigger-7").effectiveDedupKey == "trigger-7")
    }

    @Test("the tool's time counts when it lies 0 to 10 minutes before receipt, else the receipt")
    func eventTime() {
        let now = Clock.minutes(60)
        #expect(event(at: now).eventTime(receivedAt: now) == now)
        #expect(event(at: now - .seconds(600)).eventTime(receivedAt: now) == now - .seconds(600))
        #expect(event(at: now - .seconds(601)).eventTime(receivedAt: now) == now)
        #expect(event(at: now + .microseconds(1)).eventTime(receivedAt: now) == now)
        #expect(event().eventTime(receivedAt: now) == now)
    }

    @Test("without a word of the tool's the severity's own is kept")
    func originalSeverity() {
        #expect(event().originalSeverity == "high")
    }

    @Test("severities are ordered")
    func severities() {
        #expect(Severity.allCases.sorted() == [.low, .medium, .high, .critical])
    }

    @Test("every reason has a name of its own and a sentence")
    func reasons() {
        let reasons: [FateReason] = [
            .noOpenIncident, .sameKey(key: "k"), .repeated, .repeatedAfterManualResolve, .reopened,
            .rolledUp(signature: "s", assets: 3), .dependency(upstream: "db"), .flapping(transitions: 3), .recovered,
            .mergedByPerson, .maintenance(windowID: "w", name: "n"), .maintenanceEnded(windowID: "w"), .outOfOrder,
            .nothingFiring,
        ]
        #expect(Set(reasons.map(\.name)).count == reasons.count)
        #expect(reasons.allSatisfy { $0.explanation.hasSuffix(".") && !$0.name.contains(" ") })
    }

    @Test("open statuses own keys, resolved ones too, ended ones don't")
    func statuses() {
        #expect(IncidentStatus.allCases.filter(\.isOpen) == [.new, .acknowledged, .inProgress])
        #expect(IncidentStatus.allCases.filter(\.ownsKeys) == [.new, .acknowledged, .inProgress, .resolved])
    }
}
