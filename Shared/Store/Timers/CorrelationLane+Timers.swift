import Domain
import Postgres

extension CorrelationLane {
    /// Fires timers of this company that the caller holds: those whose fence broke in the meantime do nothing.
    ///
    /// - Returns: The journal entries, to be published after the commit, and whether alerts wait for a decision now.
    public func fire(
        _ timers: [ClaimedTimer], engine: CorrelationEngine, actor: Actor
    ) async throws -> (entries: [JournalEntry], released: Bool) {
        let held = try await transaction.query(FinishTimers(companyID: companyID, timers: timers))
        let kinds = held.compactMap { row in
            TimerChange.Kind(rawValue: row.kind).map { (kind: $0, subject: row.subject) }
        }
        let windows = kinds.filter { $0.kind == .windowEnd }.map(\.subject)
        var released = false
        if !windows.isEmpty {
            released =
                try await transaction.execute(ReleaseSuppressed(companyID: companyID, windowIDs: windows)) > 0
        }
        let incidents = Set(kinds.filter { $0.kind != .windowEnd }.map { IncidentID($0.subject) })
        var context = try await context(forIncidents: incidents)
        var decision = CorrelationDecision()
        for (kind, subject) in kinds {
            // An incident that owns nothing any more has nothing left to do.
            if kind != .windowEnd, context.incidents[IncidentID(subject)] == nil { continue }
            let step = try engine.timerFired(kind, subject: subject, context: context, now: now)
            for (id, state) in step.incidents { context.incidents[id] = state }
            decision.append(step)
        }
        return (try await apply(decision, actor: actor), released)
    }
}

extension CorrelationDecision {
    /// Adds a decision that was made after this one.
    mutating func append(_ next: CorrelationDecision) {
        fates += next.fates
        actions += next.actions
        incidents.merge(next.incidents) { $1 }
        opened.formUnion(next.opened)
        identities.merge(next.identities) { $1 }
        keys.merge(next.keys) { $1 }
        merges += next.merges
        releasedKeys += next.releasedKeys
        timers += next.timers
        quietedFlapping += next.quietedFlapping
    }
}
