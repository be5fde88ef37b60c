import Testing

@testable import Domain

@Suite("Maintenance and alerts")
struct SuppressionTests {
    private func store(
        _ scope: MaintenanceScope = MaintenanceScope(), from: Int = 0, to: Int = 60,
        policy: CorrelationPolicy = CorrelationPolicy()
    ) -> CorrelationStore {
        let store = CorrelationStore(policy: policy)
        store.windows = [
            MaintenanceWindow(
                id: "mw-1", name: "Patch night",
                schedule: .oneOff(startsAt: Clock.minutes(from), endsAt: Clock.minutes(to)), scope: scope)
        ]
        return store
    }

    @Test("a firing alert in a window stays quiet, and the window's end is a timer")
    func quiet() {
        let store = store()
        let decision = store.post(firing("web-01"), firing("web-02", at: Clock.minutes(1)))
        #expect(store.incidents.isEmpty)
        #expect(
            decision.fates.map(\.fate)
                == Array(
                    repeating: Fate(kind: .suppressed, reason: .maintenance(windowID: "mw-1", name: "Patch night")),
                    count: 2))
        #expect(decision.actions == [.suppressed("mw-1", count: 2)])
        #expect(decision.timers == [TimerChange(.windowEnd, subject: "mw-1", dueAt: Clock.minutes(60))])
        #expect(store.identities.values.allSatisfy { $0.suppressedBy == "mw-1" && $0.kind == .firing })
    }

    @Test("what still fires when it ends is decided again, and opens as released")
    func released() throws {
        let store = store()
        store.post(firing("web-01"), firing("web-02", at: Clock.minutes(1)))
        store.post(recovered("web-02", at: Clock.minutes(30)))
        try store.advance(to: Clock.minutes(60))
        let incident = try #require(store.open.first)
        #expect(store.open.count == 1)
        #expect(incident.title == "High CPU Usage on web-01")
        #expect(incident.openedAt == Clock.minutes(60))
        #expect(incident.lastEventAt == Clock.minutes(60))
        let history = try #require(store.fates.values.first { $0.count == 2 })
        #expect(history.map(\.kind) == [.suppressed, .opened])
        #expect(history.last?.reason == .maintenanceEnded(windowID: "mw-1"))
        #expect(store.identities.values.allSatisfy { $0.suppressedBy == nil })
    }

    @Test("a recovery passes, ends its alert, and what was quiet from start to end does not flap")
    func recovery() throws {
        let store = store()
        for turn in 0..<4 {
            store.post(firing("web-01", at: Clock.minutes(turn * 2)))
            let decision = store.post(recovered("web-01", at: Clock.minutes(turn * 2 + 1)))
            #expect(decision.fates[0].fate == Fate(kind: .resolved, reason: .recovered))
        }
        #expect(store.identities.values.allSatisfy { $0.transitions.isEmpty && !$0.isFlapping })
        try store.advance(to: Clock.minutes(60))
        #expect(store.incidents.isEmpty)
    }

    @Test("a recovery in a window resolves an incident from before it")
    func before() throws {
        let store = store(from: 5)
        store.post(firing("web-01"))
        store.post(recovered("web-01", at: Clock.minutes(6)))
        try store.advance(to: Clock.minutes(10))
        #expect(store.living.map(\.status) == [.resolved])
    }

    @Test("a repeat in a window of an alert that fires in an open incident does not count in it until it is released")
    func repeats() throws {
        let store = store(from: 5)
        store.post(firing("web-01"))
        let decision = store.post(firing("web-01", at: Clock.minutes(6)))
        #expect(decision.fates[0].fate.kind == .suppressed)
        #expect(store.open.first?.alertCount == 1)
        #expect(store.open.first?.firingIdentities == 1)
        try store.advance(to: Clock.minutes(60))
        #expect(store.open.map(\.alertCount) == [2])
        #expect(store.open.map(\.firingIdentities) == [1])
    }

    @Test("only what the scope covers is kept quiet")
    func scope() {
        let store = store(MaintenanceScope(assets: ["web-*"], signatures: ["high_cpu_usage"], labels: ["env": "prod"]))
        let decision = store.post(
            firing("web-01", labels: ["env": "prod", "team": "a"]), firing("web-02", labels: ["env": "test"]),
            firing("db-01", labels: ["env": "prod"]), firing("web-03", "disk_full", labels: ["env": "prod"]))
        #expect(decision.fates.map(\.fate.kind) == [.suppressed, .opened, .opened, .opened])
    }

    @Test("the window counts at the time of the event: its start is in, its end is out")
    func bounds() {
        let store = store(from: 10, to: 20)
        let decision = store.post(
            firing("web-01", at: Clock.minutes(10) - .microseconds(1)), firing("web-02", at: Clock.minutes(10)),
            firing("web-03", at: Clock.minutes(20) - .microseconds(1)), firing("web-04", at: Clock.minutes(20)))
        #expect(decision.fates.map(\.fate.kind) == [.opened, .suppressed, .suppressed, .opened])
    }

    @Test("a window that is switched off keeps nothing quiet")
    func disabled() {
        let store = store()
        store.windows[0].isEnabled = false
        store.post(firing("web-01"))
        #expect(store.open.count == 1)
    }

    @Test("released into another window, an alert is held again until that ends")
    func another() throws {
        let store = store()
        store.post(firing("web-01"))
        store.windows.append(
            MaintenanceWindow(
                id: "mw-2", name: "Longer",
                schedule: .oneOff(startsAt: Clock.minutes(30), endsAt: Clock.minutes(90))))
        try store.advance(to: Clock.minutes(60))
        #expect(store.incidents.isEmpty)
        #expect(store.identities.values.first?.suppressedBy == "mw-2")
        try store.advance(to: Clock.minutes(90))
        #expect(store.open.count == 1)
    }

    @Test("of two windows the one that ends last holds")
    func last() {
        let store = store()
        store.windows.append(
            MaintenanceWindow(
                id: "mw-0", name: "Longer", schedule: .oneOff(startsAt: Clock.start, endsAt: Clock.minutes(90))))
        store.post(firing("web-01"))
        #expect(store.identities.values.first?.suppressedBy == "mw-0")
        store.windows.reverse()
        store.post(firing("web-02"))
        #expect(store.identities.values.allSatisfy { $0.suppressedBy == "mw-0" })
    }

    @Test("a released alert joins by the rule that matches")
    func joins() throws {
        let store = store(MaintenanceScope(assets: ["web-01"]))
        store.post(firing("web-01", tool: "A"))
        store.windows[0].scope = MaintenanceScope(assets: ["other"])
        store.post(firing("web-01", at: Clock.minutes(59), tool: "B"))
        store.windows[0].scope = MaintenanceScope(assets: ["web-01"])
        try store.advance(to: Clock.minutes(60))
        #expect(store.open.map(\.alertCount) == [2])
        #expect(store.fates.values.first { $0.count == 2 }?.last?.reason.name == "same_key")
    }

    @Test("three alerts released together roll up")
    func storm() throws {
        let store = store()
        store.post((1...3).map { firing("web-0\($0)", at: Clock.minutes($0 * 18)) })
        try store.advance(to: Clock.minutes(60))
        #expect(store.open.map(\.title) == ["High CPU Usage Across 3 Servers"])
    }

    @Test("an alert released twice, or recovered meanwhile, is noted")
    func twice() {
        let store = store()
        var alert = firing("web-01")
        store.post(alert)
        store.now = Clock.minutes(60)
        alert.releasedBy = "mw-1"
        store.post(alert)
        let second = store.post(alert)
        #expect(second.fates[0].fate == Fate(kind: .noted, reason: .outOfOrder, incidentID: "inc-00001"))
        #expect(store.open.map(\.alertCount) == [1])
    }

    @Test("a recovery in the same batch as the release is heard first: nobody is called for nothing")
    func recoveredMeanwhile() {
        let store = store()
        var alert = firing("web-01")
        store.post(alert)
        store.now = Clock.minutes(60)
        alert.releasedBy = "mw-1"
        store.post(alert, recovered("web-01", at: Clock.minutes(59)))
        #expect(store.incidents.isEmpty)
    }

    @Test("a recovery that was on its way when the alert was released still ends it")
    func inFlight() {
        let store = store()
        var alert = firing("web-01")
        store.post(alert)
        store.now = Clock.minutes(60)
        alert.releasedBy = "mw-1"
        store.post(alert)
        store.post(recovered("web-01", at: Clock.minutes(59)))
        #expect(store.open.map(\.firingIdentities) == [0])
    }

    @Test("at the end of an occurrence the next one's end is set when it is in force already")
    func consecutive() throws {
        let store = CorrelationStore()
        let recurrence = MaintenanceRecurrence(
            timeZone: "UTC", frequency: .daily, startTime: try #require(LocalTime("08:00")), durationMinutes: 1500)
        store.windows = [MaintenanceWindow(id: "mw-1", name: "Always", schedule: .recurring(recurrence))]
        store.post(firing("web-01"))
        #expect(store.timer(.windowEnd, "mw-1") == instant("2024-10-19T09:00:00Z"))
        store.now = instant("2024-10-19T09:00:00Z")
        let decision = try store.engine.timerFired(
            .windowEnd, subject: "mw-1", context: CorrelationContext(policy: store.policy, windows: store.windows),
            now: store.now)
        #expect(
            decision.timers == [
                TimerChange(.windowEnd, subject: "mw-1", dueAt: instant("2024-10-20T09:00:00Z"))
            ])
        #expect(decision.fates.isEmpty)
    }

    @Test(
        "remembered answers are those that the schedule gives, also where occurrences overlap",
        arguments: [60, 1440, 2000])
    func remembered(minutes: Int) throws {
        let recurrence = MaintenanceRecurrence(
            timeZone: "Europe/Berlin", frequency: .daily, startTime: try #require(LocalTime("02:30")),
            durationMinutes: minutes)
        let window = MaintenanceWindow(id: "mw-1", name: "Daily", schedule: .recurring(recurrence))
        var cache = OccurrenceCache()
        for quarter in 0..<960 {
            let moment = instant("2024-10-24T00:00:00Z") + .seconds(quarter * 900)
            #expect(cache.end(of: window, at: moment) == window.occurrence(containing: moment)?.end)
        }
        let first = instant("2024-10-24T00:45:00Z")
        #expect(cache.end(of: window, at: first) == window.occurrence(containing: first)?.end)
    }

    @Test("a batch from two occurrences sets the earlier end")
    func backlog() throws {
        let store = CorrelationStore()
        let recurrence = MaintenanceRecurrence(
            timeZone: "UTC", frequency: .daily, startTime: try #require(LocalTime("08:00")), durationMinutes: 60)
        store.windows = [MaintenanceWindow(id: "mw-1", name: "Daily", schedule: .recurring(recurrence))]
        let day = Duration.seconds(86_400)
        let decision = store.post(
            firing("web-01"), firing("web-02", at: Clock.start + day),
            firing("web-03", at: Clock.start + .seconds(7200)))
        #expect(decision.fates.map(\.fate.kind) == [.suppressed, .suppressed, .opened])
        #expect(decision.timers == [TimerChange(.windowEnd, subject: "mw-1", dueAt: instant("2024-10-18T09:00:00Z"))])
    }
}
