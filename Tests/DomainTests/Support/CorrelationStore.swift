import Synchronization

@testable import Domain

/// Loads contexts and applies decisions as the database does, in memory: only what a context promises is loaded.
final class CorrelationStore {
    struct TimerName: Hashable {
        var kind: TimerChange.Kind
        var subject: String
    }

    var policy: CorrelationPolicy
    var assets: [String: AssetFacts] = [:]
    var windows: [MaintenanceWindow] = []
    var now: Timestamp
    private(set) var incidents: [IncidentID: IncidentState] = [:]
    private(set) var keys: [CorrelationKey: IncidentID] = [:]
    private(set) var identities: [AlertIdentity: IdentityState] = [:]
    private(set) var timers: [TimerName: Timestamp] = [:]
    private(set) var alerts: [AlertID: PendingAlert] = [:]
    private(set) var fates: [AlertID: [Fate]] = [:]
    private(set) var alertIncidents: [AlertID: IncidentID] = [:]
    private(set) var actions: [CorrelationAction] = []
    let engine: CorrelationEngine

    init(policy: CorrelationPolicy = CorrelationPolicy(), now: Timestamp = Clock.start) {
        self.policy = policy
        self.now = now
        let counter = Counter()
        engine = CorrelationEngine { _ in counter.next() }
    }

    var living: [IncidentState] {
        incidents.values.filter { $0.status != .merged }.sorted { ($0.openedAt, $0.id) < ($1.openedAt, $1.id) }
    }
    var open: [IncidentState] { living.filter(\.status.isOpen) }

    func timer(_ kind: TimerChange.Kind, _ subject: String) -> Timestamp? {
        timers[TimerName(kind: kind, subject: subject)]
    }

    // MARK: What services do

    @discardableResult
    func post(_ batch: [PendingAlert]) -> CorrelationDecision {
        let decision = engine.decide(alerts: batch, context: context(for: batch), now: now)
        for alert in batch { alerts[alert.id] = alert }
        apply(decision)
        return decision
    }

    @discardableResult
    func post(_ batch: PendingAlert...) -> CorrelationDecision { post(batch) }

    /// Moves the clock on and fires the timers that fall due, each at its time.
    func advance(to later: Timestamp) throws {
        while let due = timers.filter({ $0.value <= later })
            .min(by: {
                ($0.value, $0.key.kind.rawValue, $0.key.subject) < ($1.value, $1.key.kind.rawValue, $1.key.subject)
            })
        {
            now = max(now, due.value)
            timers[due.key] = nil
            try fire(due.key.kind, due.key.subject)
        }
        now = max(now, later)
    }

    func advance(minutes: Int) throws { try advance(to: now + .seconds(minutes * 60)) }

    @discardableResult
    func fire(_ kind: TimerChange.Kind, _ subject: String) throws -> CorrelationDecision {
        var context = CorrelationContext(policy: policy, windows: windows)
        if kind != .windowEnd { context.incidents = incidents.filter { $0.key.rawValue == subject } }
        let decision = try engine.timerFired(kind, subject: subject, context: context, now: now)
        apply(decision)
        if kind == .windowEnd {
            let held = identities.values.filter { $0.kind == .firing && $0.suppressedBy?.rawValue == subject }
            let released = held.compactMap { identity -> PendingAlert? in
                guard var alert = identity.lastFiringAlert.flatMap({ alerts[$0] }) else { return nil }
                alert.releasedBy = identity.suppressedBy
                return alert
            }
            if !released.isEmpty { post(released.sorted { $0.receivedAt < $1.receivedAt }) }
        }
        return decision
    }

    @discardableResult
    func merge(_ source: IncidentID, into target: IncidentID) throws -> CorrelationDecision {
        let context = CorrelationContext(policy: policy, incidents: incidents)
        let decision = try engine.merge(source: source, target: target, context: context, now: now)
        apply(decision)
        return decision
    }

    @discardableResult
    func resolve(_ id: IncidentID, by user: UserID = "user-john") throws -> CorrelationDecision {
        let context = CorrelationContext(policy: policy, incidents: incidents)
        let decision = try engine.resolvedByPerson(id, by: user, context: context, now: now)
        apply(decision)
        return decision
    }

    @discardableResult
    func reopen(_ id: IncidentID) throws -> CorrelationDecision {
        let context = CorrelationContext(policy: policy, incidents: incidents)
        let decision = try engine.reopenedByPerson(id, context: context, now: now)
        apply(decision)
        return decision
    }

    func change(_ id: IncidentID, _ body: (inout IncidentState) -> Void) {
        if var state = incidents[id] {
            body(&state)
            incidents[id] = state
        }
    }

    // MARK: Loading

    func context(for batch: [PendingAlert]) -> CorrelationContext {
        var context = CorrelationContext(policy: policy, windows: windows)
        var upstream = Set(batch.map(\.asset))
        var pending = Array(upstream)
        while let name = pending.popLast() {
            guard let facts = assets[name] else { continue }
            context.assets[name] = facts
            for next in facts.dependsOn where upstream.insert(next).inserted { pending.append(next) }
        }
        for alert in batch { context.identities[alert.identity] = identities[alert.identity] }
        var wanted: Set<CorrelationKey> = []
        for alert in batch {
            wanted.insert(
                CorrelationKey(
                    policy: policy.key, asset: alert.asset, signature: alert.signature, tool: alert.toolSource))
            wanted.insert(.rollUp(signature: alert.signature))
        }
        let owners = Set(wanted.compactMap { keys[$0] })
        let signatures = Set(batch.map(\.signature))
        for (id, state) in incidents where state.status.ownsKeys {
            if owners.contains(id) || signatures.contains(state.signature)
                || !upstream.isDisjoint(with: state.assets.keys)
            {
                context.incidents[id] = state
            }
        }
        for identity in context.identities.values {
            var next = identity.incidentID
            while let id = next, let state = incidents[id] {
                context.incidents[id] = state
                next = state.mergedInto
            }
        }
        for (id, state) in context.incidents where state.isRolledUp {
            context.incidents[id]?.assets = state.assets.filter { upstream.contains($0.key) }
        }
        context.keys = keys.filter { wanted.contains($0.key) || context.incidents[$0.value] != nil }
        return context
    }

    // MARK: Applying

    private func apply(_ decision: CorrelationDecision) {
        for (id, state) in decision.incidents {
            let known = incidents[id]?.assets ?? [:]
            incidents[id] = state
            incidents[id]?.assets = known.merging(state.assets) { $1 }
        }
        identities.merge(decision.identities) { $1 }
        keys.merge(decision.keys) { $1 }
        for (alert, fate) in decision.fates {
            fates[alert, default: []].append(fate)
            if let id = fate.incidentID { alertIncidents[alert] = id }
        }
        for merge in decision.merges {
            for (key, owner) in keys where owner == merge.source { keys[key] = merge.target }
            for (name, identity) in identities where identity.incidentID == merge.source {
                identities[name]?.incidentID = merge.target
            }
            for (alert, id) in alertIncidents where id == merge.source { alertIncidents[alert] = merge.target }
        }
        for id in decision.releasedKeys { keys = keys.filter { $0.value != id } }
        for id in decision.quietedFlapping {
            for (name, identity) in identities where identity.incidentID == id { identities[name]?.isFlapping = false }
        }
        for change in decision.timers { timers[TimerName(kind: change.kind, subject: change.subject)] = change.dueAt }
        actions += decision.actions
    }
}

/// Ids `inc-1`, `inc-2` … that sort in the order in which they were made.
final class Counter: Sendable {
    private let value = Mutex(0)

    func next() -> IncidentID {
        IncidentID(
            "inc-"
                + value.withLock { count in
                    count += 1
                    return LocalTime.padded(count, to: 5)
                })
    }
}
