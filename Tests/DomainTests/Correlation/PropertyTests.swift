import Testing

@testable import Domain

@Suite("Whatever happens")
struct PropertyTests {
    /// A story: events in order of event time, and after some of them a person resolves the oldest open incident.
    struct Story {
        var policy = CorrelationPolicy()
        var assets: [String: AssetFacts] = [:]
        var windows: [MaintenanceWindow] = []
        var events: [PendingAlert] = []
        var resolutions: Set<Int> = []

        init(seed: UInt64) {
            var dice = SeededGenerator(seed: seed)
            policy.key = CorrelationPolicy.Key.allCases.randomElement(using: &dice) ?? .asset
            policy.windowMinutes = .random(in: 5...15, using: &dice)
            policy.rollUp = .random(in: 0...3, using: &dice) > 0
            policy.rollUpMinAssets = .random(in: 2...5, using: &dice)
            policy.dependency = .random(using: &dice)
            policy.flapping = .random(using: &dice)
            policy.flappingTransitions = .random(in: 2...4, using: &dice)
            policy.autoResolve = .random(in: 0...3, using: &dice) > 0
            policy.autoResolveHoldSeconds = [0, 120].randomElement(using: &dice) ?? 0
            policy.reopenWindowMinutes = 1440
            let names = (1...7).map { "server-\($0)" }
            for name in names {
                let upstream = names.filter { _ in .random(in: 0...9, using: &dice) == 0 }
                assets[name] = AssetFacts(
                    name: name, kind: ["server", "server", "server", "database"].randomElement(using: &dice) ?? "",
                    isCritical: .random(in: 0...5, using: &dice) == 0, dependsOn: upstream)
            }
            if Bool.random(using: &dice) {
                let from = Clock.minutes(.random(in: 0...30, using: &dice))
                windows = [
                    MaintenanceWindow(
                        id: "mw-1", name: "Patches", schedule: .oneOff(startsAt: from, endsAt: from + .seconds(900)),
                        scope: MaintenanceScope(assets: ["server-1", "server-2"]))
                ]
            }
            var moment = Clock.start
            for position in 0..<Int.random(in: 10...90, using: &dice) {
                let gap = [0, 5, 30, 90, 240, 1000].randomElement(using: &dice) ?? 0
                moment = moment + .seconds(Int.random(in: 0...gap, using: &dice))
                events.append(
                    event(
                        .random(in: 0...2, using: &dice) == 0 ? .resolved : .firing,
                        names.randomElement(using: &dice) ?? "",
                        ["high_cpu_usage", "disk_full", "InstanceDown"].randomElement(using: &dice) ?? "", at: moment,
                        severity: Severity.allCases.randomElement(using: &dice) ?? .low,
                        tool: ["Datadog", "Zabbix"].randomElement(using: &dice) ?? ""))
                if .random(in: 0...15, using: &dice) == 0 { resolutions.insert(position) }
            }
        }

        /// Tells the story in batches that end where `cuts` says; where a person acts a batch always ends.
        /// With `timers` the clock runs and timers fire between the batches; else it jumps and they don't.
        func tell(
            timers: Bool = false,
            check: (CorrelationStore, CorrelationDecision, [PendingAlert]) -> Void = { _, _, _ in },
            cuts: (Int) -> Bool
        ) throws -> CorrelationStore {
            let store = CorrelationStore(policy: policy)
            store.assets = assets
            store.windows = windows
            var batch: [PendingAlert] = []
            for (position, event) in events.enumerated() {
                batch.append(event)
                guard cuts(position) || resolutions.contains(position) || position == events.count - 1 else { continue }
                if timers { try store.advance(to: event.eventAt) } else { store.now = event.eventAt }
                let decision = store.post(batch)
                check(store, decision, batch)
                batch = []
                if resolutions.contains(position), let oldest = store.open.first { try store.resolve(oldest.id) }
            }
            return store
        }
    }

    /// What people see of an incident, but for instants of decisions.
    func summary(_ store: CorrelationStore) -> [String] {
        store.living.map { incident in
            "\(incident.title) | \(incident.status) | \(incident.severity) | alerts \(incident.alertCount) firing "
                + "\(incident.firingIdentities) assets \(incident.assetCount) \(incident.assets.keys.sorted()) | "
                + "\(incident.signatures) \(incident.toolSources) | symptoms \(incident.symptomCount) of "
                + "\(incident.suspectedCauseAsset ?? "-") | flapping \(incident.isFlapping) rolled up \(incident.isRolledUp) "
                + "critical \(incident.touchesCriticalAsset) reopened \(incident.reopenCount) | opened \(incident.openedAt) "
                + "last \(incident.lastEventAt) | \(incident.insight?.rootCause ?? "-") \(incident.insight?.evidence ?? [])"
        }
        .sorted()
    }

    @Test("it makes no difference how a sequence of events is cut into batches", arguments: 0..<300)
    func batches(seed: UInt64) throws {
        let story = Story(seed: seed)
        let oneByOne = try story.tell { _ in true }
        let together = try story.tell { _ in false }
        var dice = SeededGenerator(seed: seed &+ 1_000_000)
        let cuts = Set((0..<story.events.count).filter { _ in .random(in: 0...4, using: &dice) == 0 })
        let mixed = try story.tell { cuts.contains($0) }
        #expect(summary(together) == summary(oneByOne))
        #expect(summary(mixed) == summary(oneByOne))
        #expect(together.incidents.count == oneByOne.incidents.count)
    }

    @Test("every alert has exactly one fate, and what is counted agrees with what is stored", arguments: 0..<300)
    func invariants(seed: UInt64) throws {
        var dice = SeededGenerator(seed: seed &+ 7)
        let size = Int.random(in: 1...20, using: &dice)
        _ = try Story(seed: seed).tell(check: check) { $0 % size == 0 }
    }

    @Test("what is counted agrees with what is stored also when timers fire in between", arguments: 0..<300)
    func invariantsWithTimers(seed: UInt64) throws {
        var story = Story(seed: seed)
        story.policy.reopenWindowMinutes = Int(seed % 4) * 5
        _ = try story.tell(timers: true, check: check) { $0 % 3 != 1 }
    }

    func check(_ store: CorrelationStore, _ decision: CorrelationDecision, _ batch: [PendingAlert]) {
        #expect(decision.fates.map(\.alert) == batch.map(\.id))
        // Only what a maintenance window held may be decided again, each time with one fate.
        for (_, fates) in store.fates {
            #expect(fates.count == 1 || fates.dropLast().allSatisfy { $0.kind == .suppressed })
        }
        for alert in batch { #expect(store.fates[alert.id]?.count == 1) }
        for incident in store.incidents.values {
            let firing = store.identities.values.filter { $0.kind == .firing && $0.incidentID == incident.id }
            if incident.status != .closed {
                #expect(incident.firingIdentities == firing.count, "\(incident.id) \(incident.status)")
            }
            #expect((incident.status == .merged) == (incident.mergedInto != nil))
            if incident.status != .merged {
                #expect((incident.resolvedAt == nil) == incident.status.isOpen)
            }
            guard incident.status != .merged else { continue }
            #expect(incident.assetCount == incident.assets.count)
            let counted = store.alertIncidents.filter { alert, id in
                let kind = store.fates[alert]?.last?.kind
                return id == incident.id && (kind == .opened || kind == .joined)
            }
            #expect(incident.alertCount == counted.count)
            #expect(incident.assets.values.reduce(0) { $0 + $1.alertCount } == incident.alertCount)
            #expect(!incident.title.isEmpty)
            #expect(incident.insight != nil)
        }
        for owner in store.keys.values { #expect(store.incidents[owner]?.status.ownsKeys == true) }
        for fate in decision.fates.compactMap(\.fate.incidentID) {
            #expect(store.incidents[fate]?.status != .merged)
        }
        for identity in store.identities.values {
            #expect(identity.incidentID.flatMap { store.incidents[$0] }?.status != .merged)
        }
    }

    @Test("the same batch in the same state gives the same decision", arguments: 0..<50)
    func repeatable(seed: UInt64) {
        let story = Story(seed: seed)
        func decide() -> CorrelationDecision {
            let store = CorrelationStore(policy: story.policy)
            store.assets = story.assets
            store.windows = story.windows
            return store.post(story.events)
        }
        #expect(decide() == decide())
    }

    @Test("timers bring every recovered incident to its end", arguments: 0..<100)
    func ends(seed: UInt64) throws {
        var story = Story(seed: seed)
        story.policy.autoResolve = true
        story.policy.reopenWindowMinutes = 10
        let store = try story.tell { _ in true }
        try store.advance(minutes: 60)
        let firing = store.identities.values.filter { $0.kind == .firing }
        for identity in firing {
            store.now = store.now + .seconds(1)
            store.post(
                event(
                    .resolved, identity.asset, identity.signature, at: store.now, tool: identity.tool,
                    dedupKey: identity.identity.dedupKey))
        }
        try store.advance(minutes: 120)
        #expect(store.living.allSatisfy { $0.status == .closed })
        #expect(store.keys.isEmpty)
        #expect(store.timers.isEmpty)
        #expect(store.identities.values.allSatisfy { !$0.isFlapping && $0.suppressedBy == nil })
    }
}
