import Testing

@testable import Domain

@Suite("Recovery, hold, reopen and close")
struct RecoveryTests {
    @Test("when all alerts recovered the incident resolves after the hold, and closes after the reopen window")
    func life() throws {
        let store = CorrelationStore(policy: CorrelationPolicy(rollUp: false))
        store.post(firing("web-01", tool: "A"), firing("web-01", tool: "B"))
        let first = store.post(recovered("web-01", at: Clock.minutes(1), tool: "A"))
        #expect(first.fates[0].fate == Fate(kind: .resolved, reason: .recovered, incidentID: "inc-00001"))
        #expect(first.actions == [.alertsRecovered("inc-00001", count: 1, stillFiring: 1)])
        #expect(first.timers.isEmpty)
        store.now = Clock.minutes(2)
        store.post(recovered("web-01", at: Clock.minutes(2), tool: "B"))
        #expect(store.timer(.resolveHold, "inc-00001") == Clock.minutes(4))
        try store.advance(to: Clock.minutes(4))
        #expect(store.incidents["inc-00001"]?.status == .resolved)
        #expect(store.incidents["inc-00001"]?.resolvedAt == Clock.minutes(4))
        #expect(store.incidents["inc-00001"]?.resolvedBy == nil)
        #expect(store.actions.last == .resolved("inc-00001", .allRecovered))
        try store.advance(to: Clock.minutes(14))
        #expect(store.incidents["inc-00001"]?.status == .closed)
        #expect(store.keys.isEmpty)
        #expect(store.timers.isEmpty)
    }

    @Test("hold 0 resolves at once")
    func atOnce() {
        let store = CorrelationStore(policy: CorrelationPolicy(autoResolveHoldSeconds: 0))
        let decision = store.post(firing("web-01"), recovered("web-01", at: Clock.minutes(1)))
        #expect(store.living.map(\.status) == [.resolved])
        #expect(decision.timers == [TimerChange(.close, subject: "inc-00001", dueAt: Clock.minutes(10))])
    }

    @Test("autoResolve off leaves it open")
    func off() throws {
        let store = CorrelationStore(policy: CorrelationPolicy(autoResolve: false))
        store.post(firing("web-01"), recovered("web-01", at: Clock.minutes(1)))
        #expect(store.timers.isEmpty)
        try store.advance(minutes: 600)
        #expect(store.open.count == 1)
    }

    @Test("autoResolve switched off while a hold runs leaves it open")
    func offMeanwhile() throws {
        let store = CorrelationStore()
        store.post(firing("web-01"), recovered("web-01", at: Clock.minutes(1)))
        store.policy.autoResolve = false
        try store.advance(minutes: 60)
        #expect(store.open.count == 1)
    }

    @Test("firing again during the hold cancels it")
    func cancelled() throws {
        let store = CorrelationStore()
        store.post(firing("web-01"), recovered("web-01", at: Clock.minutes(1)))
        #expect(store.timers.count == 1)
        store.post(firing("web-01", at: Clock.minutes(2)))
        #expect(store.timers.isEmpty)
        try store.fire(.resolveHold, "inc-00001")
        #expect(store.open.count == 1)
        #expect(store.open.first?.reopenCount == 0)
    }

    @Test("firing within the reopen window reopens it, with whom it was", arguments: [true, false])
    func reopens(assigned: Bool) throws {
        let store = CorrelationStore(policy: CorrelationPolicy(autoResolveHoldSeconds: 0))
        store.post(firing("web-01"), recovered("web-01", at: Clock.minutes(1)))
        store.change("inc-00001") { $0.isAssigned = assigned }
        store.now = Clock.minutes(10)
        let alert = firing("web-01", at: store.now)
        let decision = store.post(alert)
        let incident = try #require(store.open.first)
        #expect(decision.fates[0].fate == Fate(kind: .joined, reason: .reopened, incidentID: "inc-00001"))
        #expect(decision.actions == [.reopened("inc-00001", by: alert.id)])
        #expect(incident.status == (assigned ? .inProgress : .new))
        #expect(incident.reopenCount == 1)
        #expect(incident.resolvedAt == nil)
        #expect(store.timers.isEmpty)
    }

    @Test("after the reopen window a firing opens a new incident, also when the close timer is late")
    func late() throws {
        let store = CorrelationStore(policy: CorrelationPolicy(autoResolveHoldSeconds: 0))
        store.post(firing("web-01"), recovered("web-01", at: Clock.minutes(1)))
        store.now = Clock.minutes(10) + .microseconds(1)
        let decision = store.post(firing("web-01", at: store.now))
        #expect(decision.fates[0].fate == Fate(kind: .opened, reason: .noOpenIncident, incidentID: "inc-00002"))
        #expect(Set(store.keys.values) == ["inc-00002"])
        try store.fire(.close, "inc-00001")
        #expect(store.incidents["inc-00001"]?.status == .closed)
        #expect(Set(store.keys.values) == ["inc-00002"])
    }

    @Test("a timer whose incident has moved on does nothing; one that names nothing throws")
    func timers() throws {
        let store = CorrelationStore()
        store.post(firing("web-01"))
        for kind in TimerChange.Kind.allCases {
            #expect(try store.fire(kind, "inc-00001") == CorrelationDecision())
        }
        #expect(throws: CorrelationError.unknownIncident("inc-9")) { try store.fire(.close, "inc-9") }
        #expect(try store.fire(.windowEnd, "mw-9") == CorrelationDecision())
    }

    @Test("a close timer that is early, because the window was made longer, is set anew and closes nothing")
    func early() throws {
        let store = CorrelationStore(policy: CorrelationPolicy(autoResolveHoldSeconds: 0))
        store.post(firing("web-01"), recovered("web-01", at: Clock.minutes(1)))
        store.now = Clock.minutes(10) - .microseconds(1)
        let decision = try store.fire(.close, "inc-00001")
        var expected = CorrelationDecision()
        expected.timers = [TimerChange(.close, subject: "inc-00001", dueAt: decision.timers.first?.dueAt)]
        #expect(decision == expected)
        #expect(decision.timers.first?.dueAt.map { $0 > store.now } == true)
    }

    @Test("a recovery of what was not firing is noted, and an older firing that comes later opens nothing")
    func nothingFiring() {
        let store = CorrelationStore()
        let first = store.post(recovered("web-01", at: Clock.minutes(5)))
        #expect(first.fates[0].fate == Fate(kind: .noted, reason: .nothingFiring))
        let second = store.post(firing("web-01", at: Clock.minutes(4)))
        #expect(second.fates[0].fate == Fate(kind: .noted, reason: .outOfOrder))
        #expect(store.incidents.isEmpty)
        let third = store.post(firing("web-01", at: Clock.minutes(6)))
        #expect(third.fates[0].fate.kind == .opened)
    }

    @Test("joins and recoveries of one batch are one action each, in the order of what happened")
    func aggregated() {
        let store = CorrelationStore(policy: CorrelationPolicy(key: .asset, autoResolveHoldSeconds: 0))
        let alerts = [
            firing("web-01", "a"), firing("web-01", "b", at: Clock.seconds(1)),
            firing("web-01", "b", at: Clock.seconds(2)),
            recovered("web-01", "a", at: Clock.seconds(3)), recovered("web-01", "b", at: Clock.seconds(4)),
            firing("web-01", "c", at: Clock.seconds(5)), firing("web-01", "c", at: Clock.seconds(6)),
        ]
        let decision = store.post(alerts)
        #expect(
            decision.actions == [
                .opened("inc-00001", by: alerts[0].id),
                .joined("inc-00001", count: 2, reason: .sameKey(key: "1:a|6:web-01")),
                .alertsRecovered("inc-00001", count: 2, stillFiring: 0),
                .resolved("inc-00001", .allRecovered),
                .reopened("inc-00001", by: alerts[5].id),
                .joined("inc-00001", count: 1, reason: .repeated),
            ])
    }
}
