/// How a firing alert becomes part of an incident, once it is known which.
extension CorrelationRun {
    mutating func follow(_ route: Route, _ arrival: Arrival) {
        switch route {
        case .join(let draft, let reason):
            attach(arrival, to: draft)
            settle(arrival, .joined, reason, draft)
            actions.joined(draft.id, reason)
            rollUp(after: arrival, in: draft)
        case .symptom(let draft, let upstream):
            suspect(upstream, in: draft)
            // A key that names no asset would drag every other asset along.
            attach(arrival, to: draft, claimsKey: policy.key != .signature)
            settle(arrival, .joined, .dependency(upstream: upstream), draft)
            actions.joined(draft.id, .dependency(upstream: upstream))
        case .reopen(let draft):
            openAgain(draft)
            actions.turn(.reopened(draft.id, by: arrival.alert.id), of: draft.id)
            attach(arrival, to: draft)
            settle(arrival, .joined, .reopened, draft)
            rollUp(after: arrival, in: draft)
        case .attachQuietly(let draft):
            attach(arrival, to: draft, raisesSeverity: false)
            settle(arrival, .joined, .repeatedAfterManualResolve, draft)
            actions.joined(draft.id, .repeatedAfterManualResolve)
        case .open:
            let draft = open(for: arrival)
            actions.turn(.opened(draft.id, by: arrival.alert.id), of: draft.id)
            attach(arrival, to: draft)
            let released = arrival.alert.releasedBy.map { FateReason.maintenanceEnded(windowID: $0.rawValue) }
            settle(arrival, .opened, released ?? .noOpenIncident, draft)
            rollUp(after: arrival, in: draft)
        }
    }

    /// A resolved incident is open again: with whom it was, or new.
    mutating func openAgain(_ draft: IncidentDraft) {
        draft.isChanged = true
        draft.state.status = draft.state.isAssigned ? .inProgress : .new
        draft.state.resolvedAt = nil
        draft.state.resolvedBy = nil
        draft.state.reopenCount += 1
        timers.cancel(.close, draft.id)
        timers.cancel(.resolveHold, draft.id)
    }

    private mutating func attach(
        _ arrival: Arrival, to draft: IncidentDraft, raisesSeverity: Bool = true, claimsKey: Bool = true
    ) {
        let alert = arrival.alert
        if claimsKey { claimKey(of: arrival, for: draft) }
        if draft.state.assets[alert.asset] == nil { index(draft, under: alert.asset) }
        draft.count(alert, at: arrival.moment, facts: assets[alert.asset])
        if raisesSeverity, alert.severity > draft.state.severity {
            actions.severityRaised(draft.id, from: draft.state.severity, to: alert.severity)
            draft.state.severity = alert.severity
        }
        countAsFiring(arrival, in: draft)
        var identity = arrival.identity
        identity.incidentID = draft.id
        identity.suppressedBy = nil
        identity.isFlapping = identity.isFlapping && draft.state.isFlapping
        store(identity)
        if identity.isFlapping { stayFlapping(draft) }
    }

    /// Counts an identity that was not firing in the incident before.
    private mutating func countAsFiring(_ arrival: Arrival, in draft: IncidentDraft) {
        if arrival.wasFiring, let before = current(arrival.known?.incidentID) {
            if before === draft { return }
            // What is closed is history and is written no more.
            if before.state.status.ownsKeys {
                before.state.firingIdentities = max(0, before.state.firingIdentities - 1)
                before.isChanged = true
            }
        }
        if draft.state.firingIdentities == 0 { timers.cancel(.resolveHold, draft.id) }
        draft.state.firingIdentities += 1
    }

    /// Ends one incident in another: everything of it belongs to the other from now on.
    mutating func merge(_ source: IncidentDraft, into target: IncidentDraft, because reason: FateReason) {
        let severity = target.state.severity
        let wasQuiet = target.state.firingIdentities == 0
        let wasFlapping = source.state.isFlapping
        for asset in source.state.assets.keys where target.state.assets[asset] == nil { index(target, under: asset) }
        for position in source.positions { moveFate(at: position, to: target, because: reason) }
        target.absorb(source)
        merges.append((source.id, target.id, reason))
        actions.turn(.merged(source.id, into: target.id), of: source.id, target.id)
        if target.state.severity > severity {
            actions.severityRaised(target.id, from: severity, to: target.state.severity)
        }
        timers.cancel(.resolveHold, source.id)
        timers.cancel(.flapQuiet, source.id)
        timers.cancel(.close, source.id)
        if wasQuiet, target.state.firingIdentities > 0 { timers.cancel(.resolveHold, target.id) }
        if wasFlapping { stayFlapping(target) }
    }

    /// A fate of this batch that named the ended incident names the other; what opened or joined it, joins.
    private mutating func moveFate(at position: Int, to target: IncidentDraft, because reason: FateReason) {
        guard let fate = fates[position] else { return }
        let isFiring = fate.kind == .opened || fate.kind == .joined
        fates[position] = Fate(
            kind: isFiring ? .joined : fate.kind, reason: isFiring ? reason : fate.reason, incidentID: target.id)
    }
}
