import Testing

@testable import Domain

@Suite("The example that the product was first described by")
struct OriginalFlowTests {
    let servers = ["web-server-01", "web-server-02", "web-server-03", "app-server-01", "app-server-02"]

    private func check(_ store: CorrelationStore) throws {
        #expect(store.open.count == 1)
        let incident = try #require(store.open.first)
        #expect(store.living.count == 1)
        #expect(incident.title == "High CPU Usage Across 5 Servers")
        #expect(incident.alertCount == 5)
        #expect(incident.assetCount == 5)
        #expect(Set(incident.assets.keys) == Set(servers))
        #expect(incident.firingIdentities == 5)
        #expect(incident.status == .new)
        #expect(incident.severity == .high)
        #expect(incident.toolSources == ["Datadog"])
        #expect(incident.category == "cpu")
        #expect(incident.insight?.pattern == .storm)
        #expect(incident.insight?.confidence == 0.9)
        let firing = store.incidents.values.filter { $0.status != .merged }.reduce(0) { $0 + $1.alertCount }
        #expect(1 - Double(store.living.count) / Double(firing) == 0.8)
        #expect(PriorityWeights().staticScore(of: incident).score == 70)
        #expect(Set(store.alertIncidents.values) == [incident.id])
        #expect(store.keys.count == 6)
        #expect(Set(store.keys.values) == [incident.id])
    }

    @Test("five alerts posted as one batch are one incident, 80 % less noise")
    func oneBatch() throws {
        let store = CorrelationStore()
        let decision = store.post(servers.map { firing($0) })
        try check(store)
        #expect(decision.fates.map(\.fate.kind) == [.opened, .joined, .joined, .joined, .joined])
        #expect(decision.fates[1].fate.reason == .rolledUp(signature: "high_cpu_usage", assets: 3))
        #expect(decision.fates[2].fate.reason == .rolledUp(signature: "high_cpu_usage", assets: 3))
        #expect(decision.fates[3].fate.reason == .rolledUp(signature: "high_cpu_usage", assets: 4))
        #expect(decision.fates[4].fate.reason == .rolledUp(signature: "high_cpu_usage", assets: 5))
        #expect(decision.actions.filter { if case .rolledUp = $0 { true } else { false } }.count == 1)
    }

    @Test("five alerts over ten minutes are the same one incident")
    func oneByOne() throws {
        let store = CorrelationStore()
        for (position, server) in servers.enumerated() {
            store.now = Clock.minutes(position * 2)
            store.post(firing(server, at: store.now))
        }
        try check(store)
        #expect(store.incidents.values.filter { $0.status == .merged }.allSatisfy { $0.mergedInto == store.open[0].id })
    }

    @Test("one high alert scores 62, on a critical server 82")
    func priority() {
        let store = CorrelationStore()
        store.assets["db-01"] = AssetFacts(name: "db-01", kind: "database", isCritical: true)
        store.post(firing("web-01"), firing("db-01", "slow_queries"))
        let scores = store.open.map { PriorityWeights().staticScore(of: $0).score }
        #expect(Set(scores) == [62, 82])
    }

    @Test("the incident survives the one that opened first, also within a batch and with real ids")
    func survivor() throws {
        let engine = CorrelationEngine()
        let batch = servers.map { firing($0) }
        for _ in 0..<20 {
            let decision = engine.decide(
                alerts: batch, context: CorrelationContext(policy: CorrelationPolicy()), now: Clock.start)
            let open = decision.incidents.values.filter(\.status.isOpen)
            #expect(open.map(\.primaryAsset) == ["web-server-01"])
            #expect(decision.fates[0].fate == Fate(kind: .opened, reason: .noOpenIncident, incidentID: open.first?.id))
        }
    }
}
