import Testing

@testable import Domain

@Suite("Dependency")
struct DependencyTests {
    private func store(_ policy: CorrelationPolicy = CorrelationPolicy()) -> CorrelationStore {
        let store = CorrelationStore(policy: policy)
        store.assets = [
            "db-01": AssetFacts(name: "db-01", kind: "database"),
            "app-01": AssetFacts(name: "app-01", dependsOn: ["db-01"]),
            "web-01": AssetFacts(name: "web-01", dependsOn: ["app-01"]),
            "web-02": AssetFacts(name: "web-02", dependsOn: ["app-01"]),
        ]
        return store
    }

    @Test("an alert downstream of an open incident joins it as a symptom")
    func symptom() throws {
        let store = store()
        store.post(firing("db-01", "disk_full"))
        let decision = store.post(firing("app-01", "http_5xx", at: Clock.minutes(1)))
        let incident = try #require(store.open.first)
        #expect(store.open.count == 1)
        #expect(
            decision.fates[0].fate
                == Fate(kind: .joined, reason: .dependency(upstream: "db-01"), incidentID: incident.id))
        #expect(incident.suspectedCauseAsset == "db-01")
        #expect(incident.symptomCount == 1)
        #expect(incident.title == "Disk Full on db-01, 1 Other Asset Affected")
        #expect(incident.insight?.pattern == .cascade)
        #expect(decision.actions == [.joined(incident.id, count: 1, reason: .dependency(upstream: "db-01"))])
    }

    @Test("through several levels, also over assets that are well, and the cause stays the furthest upstream")
    func levels() throws {
        let store = store()
        store.post(firing("db-01", "disk_full"))
        store.post(firing("web-01", "http_5xx", at: Clock.minutes(1)))
        #expect(store.open.first?.suspectedCauseAsset == "db-01")
        store.post(firing("app-01", "latency", at: Clock.minutes(2)))
        let decision = store.post(firing("web-02", "http_5xx", at: Clock.minutes(3)))
        #expect(decision.fates[0].fate.reason == .dependency(upstream: "app-01"))
        #expect(store.open.count == 1)
        #expect(store.open.first?.suspectedCauseAsset == "db-01")
        #expect(store.open.first?.symptomCount == 3)
    }

    @Test("off: each asset has its incident")
    func off() {
        let store = store(CorrelationPolicy(dependency: false))
        store.post(firing("db-01", "disk_full"), firing("app-01", "http_5xx"))
        #expect(store.open.count == 2)
    }

    @Test("not upwards: what the cause depends on is no symptom")
    func direction() {
        let store = store()
        store.post(firing("app-01", "http_5xx"), firing("db-01", "disk_full"))
        #expect(store.open.count == 2)
    }

    @Test("an incident of its own comes first")
    func ownFirst() {
        let store = store()
        store.post(firing("app-01", "http_5xx"))
        store.post(firing("db-01", "disk_full", at: Clock.minutes(1)))
        let decision = store.post(firing("app-01", "http_5xx", at: Clock.minutes(2), tool: "Zabbix"))
        #expect(decision.fates[0].fate.reason.name == "same_key")
    }

    @Test("dependencies in a circle and on itself end")
    func circle() {
        let store = store()
        store.assets["db-01"]?.dependsOn = ["web-01", "db-01"]
        store.post(firing("web-02", "a"))
        store.post(firing("db-01", "b"))
        #expect(store.open.count == 2)
        store.post(firing("web-01", "c"))
        #expect(store.open.count == 2)
        #expect(store.open.last?.symptomCount == 1)
    }

    @Test("a chain is followed ten levels up and no further")
    func depth() {
        for (length, incidents) in [(10, 1), (11, 2)] {
            let store = CorrelationStore()
            for level in 0..<length {
                store.assets["n\(level)"] = AssetFacts(name: "n\(level)", dependsOn: ["n\(level + 1)"])
            }
            store.post(firing("n\(length)", "disk_full"))
            store.post(firing("n0", "http_5xx", at: Clock.minutes(1)))
            #expect(store.open.count == incidents)
        }
    }

    @Test("an incident upstream that is quiet and old takes no symptoms")
    func stale() {
        let store = store(CorrelationPolicy(autoResolve: false))
        store.post(firing("db-01", "disk_full"), recovered("db-01", "disk_full", at: Clock.minutes(1)))
        store.post(firing("app-01", "http_5xx", at: Clock.minutes(40)))
        #expect(store.open.count == 2)
    }

    @Test("a resolved incident upstream takes no symptoms")
    func resolved() throws {
        let store = store()
        store.post(firing("db-01", "disk_full"))
        try store.resolve("inc-00001")
        store.post(firing("app-01", "http_5xx", at: Clock.minutes(1)))
        #expect(store.open.map(\.primaryAsset) == ["app-01"])
    }

    @Test("a symptom's key belongs to the incident, so that its other tools find it")
    func key() {
        let store = store()
        store.post(firing("db-01", "disk_full"), firing("app-01", "http_5xx"))
        let decision = store.post(firing("app-01", "http_5xx", at: Clock.minutes(1), tool: "Zabbix"))
        #expect(decision.fates[0].fate.reason.name == "same_key")
        #expect(store.open.count == 1)
    }

    @Test("grouped by signature, a symptom does not drag its signature along")
    func signatureKey() {
        let store = store(CorrelationPolicy(key: .signature))
        store.post(firing("db-01", "disk_full"), firing("app-01", "http_5xx"), firing("elsewhere", "http_5xx"))
        #expect(store.open.map(\.primaryAsset) == ["db-01", "elsewhere"])
    }

    @Test("of several incidents upstream the nearest asset's is joined")
    func nearest() {
        let store = store()
        store.policy.dependency = false
        store.post(firing("db-01", "disk_full"), firing("app-01", "oom"))
        store.policy.dependency = true
        let decision = store.post(firing("web-01", "http_5xx", at: Clock.minutes(1)))
        #expect(decision.fates[0].fate.reason == .dependency(upstream: "app-01"))
        #expect(store.open.last?.symptomCount == 1)
    }

    @Test("a symptom of a rolled-up incident joins it")
    func rolledUp() {
        let store = CorrelationStore()
        store.assets["web-09"] = AssetFacts(name: "web-09", dependsOn: ["app-02"])
        store.post((1...3).map { firing("app-0\($0)") })
        store.post(firing("web-09", "http_5xx", at: Clock.minutes(1)))
        #expect(store.open.map(\.title) == ["High CPU Usage and 1 Other Problem Across 4 Servers"])
    }
}
