import Testing

@testable import Domain

@Suite("Flapping")
struct FlappingTests {
    /// Up and down `times` times, a minute each, from minute `from`.
    private func flap(_ store: CorrelationStore, times: Int, from: Int = 0, asset: String = "web-01") {
        for turn in 0..<times {
            store.now = Clock.minutes(from + turn * 2)
            store.post(firing(asset, at: store.now))
            store.now = Clock.minutes(from + turn * 2 + 1)
            store.post(recovered(asset, at: store.now))
        }
    }

    private func starts(_ store: CorrelationStore) -> Int {
        store.actions.filter { if case .startedFlapping = $0 { true } else { false } }.count
    }

    @Test("after three turns within the window the incident is held and told of once", arguments: [0, 120])
    func starts(hold: Int) throws {
        let store = CorrelationStore(policy: CorrelationPolicy(autoResolveHoldSeconds: hold))
        flap(store, times: 2)
        #expect(store.living.first?.isFlapping == false)
        flap(store, times: 6, from: 4)
        let incident = try #require(store.open.first)
        #expect(store.incidents.count == 1)
        #expect(incident.isFlapping)
        #expect(incident.insight?.pattern == .flapping)
        #expect(starts(store) == 1)
        #expect(
            store.actions.contains(
                .startedFlapping(incident.id, asset: "web-01", signature: "high_cpu_usage", transitions: 3)))
        #expect(store.timer(.resolveHold, incident.id.rawValue) == nil)
        #expect(store.timer(.flapQuiet, incident.id.rawValue) == store.now + .seconds(900))
        #expect(incident.alertCount == 8)
    }

    @Test("each firing while it flaps joins with the number of turns")
    func reason() {
        let store = CorrelationStore()
        flap(store, times: 3)
        let decision = store.post(firing("web-01", at: Clock.minutes(7)))
        #expect(decision.fates[0].fate.reason == .flapping(transitions: 3))
        #expect(decision.fates[0].fate.kind == .joined)
    }

    @Test("quiet for one window, it resolves and later closes")
    func quiet() throws {
        let store = CorrelationStore()
        flap(store, times: 3)
        try store.advance(to: Clock.minutes(19))
        #expect(store.open.count == 1)
        try store.advance(to: Clock.minutes(20))
        let incident = try #require(store.living.first)
        #expect(incident.status == .resolved)
        #expect(!incident.isFlapping)
        #expect(store.identities.values.allSatisfy { !$0.isFlapping })
        #expect(
            store.actions.suffix(2) == [
                .stoppedFlapping(incident.id), .resolved(incident.id, .quietAfterFlapping),
            ])
        try store.advance(minutes: 10)
        #expect(store.living.first?.status == .closed)
    }

    @Test("every further event moves the quiet time")
    func moves() throws {
        let store = CorrelationStore()
        flap(store, times: 3)
        store.now = Clock.minutes(18)
        store.post(firing("web-01", at: store.now))
        try store.advance(to: Clock.minutes(32))
        #expect(store.open.first?.isFlapping == true)
        try store.advance(to: Clock.minutes(33))
        #expect(store.open.first?.isFlapping == false)
        #expect(store.open.first?.status == .new, "it still fires, so it stays open")
        store.post(recovered("web-01", at: store.now))
        #expect(store.timer(.resolveHold, "inc-00001") == Clock.minutes(35))
    }

    @Test("turns older than the window are forgotten")
    func slow() {
        let store = CorrelationStore()
        for turn in 0..<5 {
            store.now = Clock.minutes(turn * 8)
            store.post(firing("web-01", at: store.now))
            store.post(recovered("web-01", at: Clock.minutes(turn * 8 + 1)))
        }
        #expect(starts(store) == 0)
        #expect(store.identities.values.first?.transitions == [Clock.minutes(25), Clock.minutes(33)])
    }

    @Test("the window includes its edge", arguments: [(0, 1), (1, 0)])
    func edge(lateBy: Int, started: Int) {
        let store = CorrelationStore(policy: CorrelationPolicy(flappingTransitions: 2))
        store.post(firing("web-01"), recovered("web-01", at: Clock.minutes(1)))
        store.post(firing("web-01", at: Clock.minutes(2)))
        store.post(recovered("web-01", at: Clock.minutes(16) + .microseconds(lateBy)))
        #expect(starts(store) == started)
    }

    @Test("off: it resolves and reopens each time")
    func off() {
        let store = CorrelationStore(policy: CorrelationPolicy(flapping: false, autoResolveHoldSeconds: 0))
        flap(store, times: 5)
        #expect(starts(store) == 0)
        #expect(store.living.map(\.reopenCount) == [4])
        #expect(store.living.map(\.status) == [.resolved])
    }

    @Test("it takes as many turns as the policy says", arguments: [2, 5])
    func turns(needed: Int) {
        let store = CorrelationStore(policy: CorrelationPolicy(windowMinutes: 15, flappingTransitions: needed))
        flap(store, times: needed - 1)
        #expect(starts(store) == 0)
        flap(store, times: 1, from: (needed - 1) * 2)
        #expect(starts(store) == 1)
    }

    @Test("another alert of a held incident that recovers does not resolve it")
    func others() throws {
        let store = CorrelationStore(policy: CorrelationPolicy(key: .asset, autoResolveHoldSeconds: 0))
        flap(store, times: 3)
        store.post(firing("web-01", "disk_full", at: Clock.minutes(6)))
        store.post(recovered("web-01", "disk_full", at: Clock.minutes(7)))
        #expect(store.open.first?.firingIdentities == 0)
        #expect(store.open.count == 1)
        #expect(store.timer(.flapQuiet, "inc-00001") == Clock.minutes(20), "only events of what flaps move it")
    }

    @Test("a person resolves it all the same, and the flags go")
    func person() throws {
        let store = CorrelationStore()
        flap(store, times: 3)
        let decision = try store.resolve("inc-00001")
        #expect(decision.quietedFlapping == ["inc-00001"])
        #expect(store.incidents["inc-00001"]?.isFlapping == false)
        #expect(store.timer(.flapQuiet, "inc-00001") == nil)
        #expect(store.identities.values.allSatisfy { !$0.isFlapping })
    }

    @Test("with autoResolve off it stops flapping and stays open")
    func staysOpen() throws {
        let store = CorrelationStore(policy: CorrelationPolicy(autoResolve: false))
        flap(store, times: 3)
        try store.advance(minutes: 60)
        #expect(store.open.first?.isFlapping == false)
        #expect(store.open.count == 1)
    }
}
