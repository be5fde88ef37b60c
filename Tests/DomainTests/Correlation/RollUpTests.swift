import Testing

@testable import Domain

@Suite("Roll-up")
struct RollUpTests {
    @Test("the third asset within the window makes one incident of three, and the later ones point to the first")
    func third() throws {
        let store = CorrelationStore()
        store.post(firing("web-01"))
        store.post(firing("web-02", at: Clock.minutes(1)))
        #expect(store.open.count == 2)
        let decision = store.post(firing("web-03", at: Clock.minutes(2)))
        let survivor = try #require(store.open.first)
        #expect(store.open.count == 1)
        #expect(survivor.primaryAsset == "web-01")
        #expect(survivor.isRolledUp)
        #expect(survivor.title == "High CPU Usage Across 3 Servers")
        let merged = store.incidents.values.filter { $0.status == .merged }.sorted { $0.id < $1.id }
        #expect(merged.map(\.mergedInto) == [survivor.id, survivor.id])
        #expect(merged.map(\.firingIdentities) == [0, 0])
        #expect(decision.merges.map(\.source) == merged.map(\.id))
        #expect(decision.merges.allSatisfy { $0.reason == .rolledUp(signature: "high_cpu_usage", assets: 3) })
        #expect(decision.fates[0].fate.reason == .rolledUp(signature: "high_cpu_usage", assets: 3))
        #expect(decision.fates[0].fate.incidentID == survivor.id)
        #expect(decision.actions.contains(.rolledUp(survivor.id, merged: merged.map(\.id), assets: 3)))
        for id in merged.map(\.id) { #expect(decision.actions.contains(.merged(id, into: survivor.id))) }
    }

    @Test("a batch that opens and merges ends with one open incident and tells of it once")
    func inOneBatch() throws {
        let store = CorrelationStore()
        let decision = store.post((1...5).map { firing("web-0\($0)") })
        let survivor = try #require(store.open.first)
        #expect(decision.opened.count == 3)
        #expect(
            decision.incidents.values.filter { $0.status == .merged }.allSatisfy { decision.opened.contains($0.id) })
        #expect(
            decision.actions.suffix(4) == [
                .rolledUp(survivor.id, merged: ["inc-00002", "inc-00003"], assets: 3),
                .merged("inc-00002", into: survivor.id), .merged("inc-00003", into: survivor.id),
                .joined(survivor.id, count: 2, reason: .rolledUp(signature: "high_cpu_usage", assets: 5)),
            ])
        #expect(decision.timers.isEmpty)
    }

    @Test("off: every asset keeps its incident")
    func off() {
        let store = CorrelationStore(policy: CorrelationPolicy(rollUp: false))
        store.post((1...5).map { firing("web-0\($0)") })
        #expect(store.open.count == 5)
    }

    @Test("it takes as many assets as the policy says", arguments: [2, 4, 6])
    func minimum(assets: Int) {
        let store = CorrelationStore(policy: CorrelationPolicy(rollUpMinAssets: assets))
        store.post((1..<assets).map { firing("web-0\($0)") })
        #expect(store.open.count == assets - 1)
        store.post(firing("web-0\(assets)"))
        #expect(store.open.count == 1)
    }

    @Test("assets outside the window do not count")
    func window() {
        let store = CorrelationStore()
        store.post(firing("web-01"))
        store.post(firing("web-02", at: Clock.minutes(8)))
        store.post(firing("web-03", at: Clock.minutes(16)))
        #expect(store.open.count == 3)
        store.post(firing("web-01", at: Clock.minutes(17)))
        #expect(store.open.count == 1)
        #expect(store.open.first?.primaryAsset == "web-01")
    }

    @Test("one asset seen by three tools is not three assets, but is swept along")
    func tools() {
        let store = CorrelationStore(policy: CorrelationPolicy(key: .assetSignatureTool))
        store.post(["A", "B", "C", "D"].map { firing("web-01", tool: $0) })
        #expect(store.open.count == 4)
        store.post(firing("web-02"), firing("web-03"))
        #expect(store.open.count == 1)
        #expect(store.open.first?.alertCount == 6)
        #expect(store.open.first?.assetCount == 3)
    }

    @Test("key signature needs none: everything is one already")
    func signatureKey() {
        let store = CorrelationStore(policy: CorrelationPolicy(key: .signature))
        store.post((1...5).map { firing("web-0\($0)") })
        #expect(store.open.count == 1)
        #expect(store.open.first?.isRolledUp == false)
        #expect(store.incidents.count == 1)
    }

    @Test("key asset: an incident with several problems is about its asset and stays")
    func assetKey() {
        let store = CorrelationStore(policy: CorrelationPolicy(key: .asset))
        store.post(
            firing("web-01"), firing("web-01", "disk_full"), firing("web-02"), firing("web-03"))
        #expect(store.open.count == 3)
        store.post(firing("web-04"))
        #expect(store.open.map(\.title) == ["2 Problems on web-01", "High CPU Usage Across 3 Servers"])
    }

    @Test("counts add up, the most advanced status stays, and the worst severity with it")
    func sums() throws {
        let store = CorrelationStore()
        store.assets["db-01"] = AssetFacts(name: "db-01", kind: "database", isCritical: true)
        store.post(firing("web-01", severity: .low), firing("web-01", at: Clock.minutes(1), severity: .low))
        store.post(firing("db-01", at: Clock.minutes(1), severity: .critical, tool: "Zabbix"))
        store.change("inc-00002") {
            $0.status = .inProgress
            $0.isAssigned = true
        }
        let decision = store.post(firing("web-03", at: Clock.minutes(2)))
        let incident = try #require(store.open.first)
        #expect(incident.id == "inc-00001")
        #expect(incident.alertCount == 4)
        #expect(incident.firingIdentities == 3)
        #expect(incident.severity == .critical)
        #expect(incident.status == .inProgress)
        #expect(incident.isAssigned)
        #expect(incident.touchesCriticalAsset)
        #expect(incident.toolSources == ["Datadog", "Zabbix"])
        #expect(incident.title == "High CPU Usage Across 3 Assets")
        #expect(decision.actions.contains(.severityRaised("inc-00001", from: .low, to: .critical)))
    }

    @Test("alerts of merged incidents that repeat or recover count in the survivor")
    func afterwards() throws {
        let store = CorrelationStore()
        store.post((1...3).map { firing("web-0\($0)") })
        let repeated = store.post(firing("web-03", at: Clock.minutes(1)))
        #expect(repeated.fates[0].fate == Fate(kind: .joined, reason: .repeated, incidentID: "inc-00001"))
        store.post((1...3).map { recovered("web-0\($0)", at: Clock.minutes(2)) })
        #expect(store.open.first?.firingIdentities == 0)
        try store.advance(minutes: 10)
        #expect(store.incidents["inc-00001"]?.status == .resolved)
        #expect(store.incidents["inc-00003"]?.status == .merged)
    }

    @Test("recoveries within the batch name the survivor and stay recoveries")
    func recoveriesMove() {
        let store = CorrelationStore()
        let decision = store.post(
            firing("web-01"), firing("web-02"), recovered("web-02", at: Clock.seconds(1)),
            firing("web-03", at: Clock.seconds(2)))
        #expect(decision.fates[2].fate == Fate(kind: .resolved, reason: .recovered, incidentID: "inc-00001"))
        #expect(store.open.first?.firingIdentities == 2)
        #expect(decision.identities.values.allSatisfy { $0.incidentID == "inc-00001" })
    }

    @Test("timers of what was merged are cancelled")
    func timers() throws {
        let store = CorrelationStore()
        store.post(firing("web-01"), firing("web-02"))
        store.post(recovered("web-01", at: Clock.minutes(1)), recovered("web-02", at: Clock.minutes(1)))
        #expect(store.timers.count == 2)
        store.post(firing("web-03", at: Clock.minutes(2)))
        #expect(store.timers.isEmpty)
        #expect(store.open.count == 1)
    }

    @Test("a cascade of one signature is one incident already and stays a cascade")
    func cascade() {
        let store = CorrelationStore()
        for name in ["web-01", "web-02"] { store.assets[name] = AssetFacts(name: name, dependsOn: ["lb-01"]) }
        store.post(firing("old-01", "host_down"))
        store.post(["lb-01", "web-01", "web-02"].map { firing($0, "host_down", at: Clock.minutes(60)) })
        store.post(firing("lb-01", "host_down", at: Clock.minutes(61)))
        #expect(store.open.map(\.title) == ["Host Down on old-01", "Host Down on lb-01, 2 Other Servers Affected"])
        #expect(store.open.allSatisfy { !$0.isRolledUp })
    }

    @Test("a rolled-up incident that has gone quiet long ago leaves the next storm alone")
    func nextStorm() throws {
        let store = CorrelationStore(policy: CorrelationPolicy(autoResolve: false))
        store.post((1...3).map { firing("web-0\($0)") })
        store.post((1...3).map { recovered("web-0\($0)", at: Clock.minutes(1)) })
        store.post((4...6).map { firing("web-0\($0)", at: Clock.minutes(60)) })
        #expect(store.open.map(\.assetCount) == [3, 3])
        #expect(store.keys[.rollUp(signature: "high_cpu_usage")] == store.open.last?.id)
    }
}
