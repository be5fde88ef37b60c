import Testing

@testable import Domain

@Suite("What people decide")
struct PersonTests {
    private func resolved() throws -> CorrelationStore {
        let store = CorrelationStore()
        store.post(firing("web-01"))
        let decision = try store.resolve("inc-00001")
        #expect(decision.actions.isEmpty)
        return store
    }

    @Test("a resolved incident closes after the reopen window and nothing holds it")
    func resolve() throws {
        let store = try resolved()
        #expect(store.incidents["inc-00001"]?.resolvedBy == "user-john")
        #expect(store.timer(.close, "inc-00001") == Clock.minutes(10))
        #expect(throws: IncidentRefusal.notOpen(.resolved)) { try store.resolve("inc-00001") }
        #expect(throws: CorrelationError.unknownIncident("inc-9")) { try store.resolve("inc-9") }
        try store.advance(minutes: 10)
        #expect(throws: IncidentRefusal.closed) { try store.resolve("inc-00001") }
        #expect(throws: IncidentRefusal.closed) { try store.reopen("inc-00001") }
    }

    @Test("repeats of an alert that never recovered attach quietly")
    func quietly() throws {
        let store = try resolved()
        let decision = store.post(firing("web-01", at: Clock.minutes(1), severity: .critical))
        let incident = try #require(store.incidents["inc-00001"])
        #expect(
            decision.fates[0].fate == Fate(kind: .joined, reason: .repeatedAfterManualResolve, incidentID: "inc-00001"))
        #expect(incident.status == .resolved)
        #expect(incident.alertCount == 2)
        #expect(incident.severity == .high)
        #expect(decision.timers.isEmpty)
        #expect(decision.actions == [.joined("inc-00001", count: 1, reason: .repeatedAfterManualResolve)])
    }

    @Test("a firing after a recovery reopens it")
    func afterRecovery() throws {
        let store = try resolved()
        store.post(recovered("web-01", at: Clock.minutes(1)))
        #expect(store.incidents["inc-00001"]?.firingIdentities == 0)
        #expect(store.timer(.resolveHold, "inc-00001") == nil)
        let decision = store.post(firing("web-01", at: Clock.minutes(2)))
        #expect(decision.fates[0].fate.reason == .reopened)
        #expect(store.open.first?.resolvedBy == nil)
        #expect(store.timers.isEmpty)
    }

    @Test("an alert never seen in it reopens it")
    func newAlert() throws {
        let store = try resolved()
        let decision = store.post(firing("web-01", at: Clock.minutes(1), tool: "Zabbix"))
        #expect(decision.fates[0].fate.reason == .reopened)
        #expect(store.open.first?.firingIdentities == 2)
    }

    @Test("once it is closed a repeat opens a new incident, so that nobody is left uninformed")
    func afterClose() throws {
        let store = try resolved()
        try store.advance(minutes: 10)
        let decision = store.post(firing("web-01", at: store.now))
        #expect(decision.fates[0].fate == Fate(kind: .opened, reason: .noOpenIncident, incidentID: "inc-00002"))
        #expect(store.incidents["inc-00002"]?.firingIdentities == 1)
        #expect(decision.incidents["inc-00001"] == nil, "what is closed is not written again")
    }

    @Test("a person reopens it: it closes no more, and goes back to whom it was")
    func reopen() throws {
        let store = try resolved()
        store.change("inc-00001") { $0.isAssigned = true }
        let decision = try store.reopen("inc-00001")
        #expect(decision.actions.isEmpty)
        #expect(store.open.first?.status == .inProgress)
        #expect(store.open.first?.reopenCount == 1)
        #expect(store.timers.isEmpty)
        #expect(throws: IncidentRefusal.notResolved(.inProgress)) { try store.reopen("inc-00001") }
    }

    @Test("two incidents become one: alerts, keys and assets go along, later repeats find it")
    func merge() throws {
        let store = CorrelationStore(policy: CorrelationPolicy(rollUp: false))
        store.post(firing("web-01"), firing("web-02", "disk_full", severity: .critical, tool: "Zabbix"))
        store.change("inc-00002") { $0.status = .acknowledged }
        let decision = try store.merge("inc-00002", into: "inc-00001")
        let target = try #require(store.incidents["inc-00001"])
        #expect(decision.merges.map(\.reason) == [.mergedByPerson])
        #expect(
            decision.actions == [
                .merged("inc-00002", into: "inc-00001"), .severityRaised("inc-00001", from: .high, to: .critical),
            ])
        #expect(target.title == "High CPU Usage and 1 Other Problem Across 2 Servers")
        #expect(target.alertCount == 2)
        #expect(target.firingIdentities == 2)
        #expect(target.status == .acknowledged)
        #expect(store.incidents["inc-00002"]?.mergedInto == "inc-00001")
        #expect(Set(store.keys.values) == ["inc-00001"])
        #expect(Set(store.alertIncidents.values) == ["inc-00001"])
        let later = store.post(firing("web-02", "disk_full", at: Clock.minutes(1), tool: "Zabbix"))
        #expect(later.fates[0].fate == Fate(kind: .joined, reason: .repeated, incidentID: "inc-00001"))
    }

    @Test("a cascade that is merged stays one")
    func mergedCascade() throws {
        let store = CorrelationStore(policy: CorrelationPolicy(rollUp: false))
        store.assets["web-01"] = AssetFacts(name: "web-01", dependsOn: ["db-01"])
        store.post(firing("other"), firing("db-01", "disk_full"), firing("web-01", "http_5xx"))
        try store.merge("inc-00002", into: "inc-00001")
        #expect(store.open.map(\.symptomCount) == [1])
        #expect(store.open.map(\.suspectedCauseAsset) == ["db-01"])
    }

    @Test("an id that was merged twice over is followed to the end")
    func chain() throws {
        let store = CorrelationStore(policy: CorrelationPolicy(rollUp: false))
        store.post(firing("web-01"), firing("web-02"), firing("web-03"))
        try store.merge("inc-00003", into: "inc-00002")
        try store.merge("inc-00002", into: "inc-00001")
        var context = store.context(for: [firing("web-03", at: Clock.minutes(1))])
        context.incidents = store.incidents
        for name in context.identities.keys { context.identities[name]?.incidentID = "inc-00003" }
        let alert = firing("web-03", at: Clock.minutes(1))
        let decision = store.engine.decide(alerts: [alert], context: context, now: Clock.minutes(1))
        #expect(decision.fates[0].fate == Fate(kind: .joined, reason: .repeated, incidentID: "inc-00001"))
    }

    @Test("a merge that makes no sense is refused with the reason")
    func refusals() throws {
        let store = CorrelationStore(policy: CorrelationPolicy(rollUp: false))
        store.post((1...5).map { firing("web-0\($0)") })
        try store.merge("inc-00002", into: "inc-00001")
        try store.resolve("inc-00003")
        #expect(throws: IncidentRefusal.mergeIntoItself) { try store.merge("inc-00001", into: "inc-00001") }
        #expect(throws: IncidentRefusal.merged(into: "inc-00001")) { try store.merge("inc-00002", into: "inc-00004") }
        #expect(throws: IncidentRefusal.targetMerged("inc-00002", into: "inc-00001")) {
            try store.merge("inc-00004", into: "inc-00002")
        }
        #expect(throws: IncidentRefusal.targetResolved("inc-00003")) { try store.merge("inc-00004", into: "inc-00003") }
        #expect(throws: CorrelationError.unknownIncident("inc-9")) { try store.merge("inc-9", into: "inc-00001") }
        try store.advance(minutes: 10)
        #expect(throws: IncidentRefusal.closed) { try store.merge("inc-00003", into: "inc-00001") }
        #expect(throws: IncidentRefusal.targetClosed("inc-00003")) { try store.merge("inc-00004", into: "inc-00003") }
    }

    @Test("a resolved incident merges into an open one, and its close timer goes")
    func resolvedIntoOpen() throws {
        let store = CorrelationStore(policy: CorrelationPolicy(rollUp: false))
        store.post(firing("web-01"), firing("web-02"))
        try store.resolve("inc-00002")
        try store.merge("inc-00002", into: "inc-00001")
        #expect(store.timers.isEmpty)
        #expect(store.open.map(\.firingIdentities) == [2])
        #expect(store.open.first?.status == .new)
    }

    @Test("a merge of a flapping incident holds the other one")
    func flapping() throws {
        let store = CorrelationStore(policy: CorrelationPolicy(rollUp: false))
        store.post(firing("web-02"))
        for turn in 0..<3 {
            store.post(
                firing("web-01", at: Clock.minutes(turn * 2)), recovered("web-01", at: Clock.minutes(turn * 2 + 1)))
        }
        try store.merge("inc-00002", into: "inc-00001")
        #expect(store.open.first?.isFlapping == true)
        #expect(store.timer(.flapQuiet, "inc-00001") == Clock.minutes(15))
        #expect(store.timer(.flapQuiet, "inc-00002") == nil)
    }

    @Test("a model's insight stays until the rules see another pattern")
    func modelInsight() throws {
        let store = CorrelationStore(policy: CorrelationPolicy(rollUpMinAssets: 2))
        store.post(firing("web-01"))
        let opinion = Insight(
            pattern: .single, rootCause: "A backup runs.", recommendation: "Wait.", confidence: 0.8, source: .model,
            evidence: [])
        store.change("inc-00001") { $0.insight = opinion }
        store.post(firing("web-01", at: Clock.minutes(1)))
        #expect(store.open.first?.insight == opinion)
        store.post(firing("web-02", at: Clock.minutes(2)))
        #expect(store.open.first?.insight?.source == .rules)
    }
}
