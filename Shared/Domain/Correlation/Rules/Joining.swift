/// How a firing alert becomes part of an incident, once it is known which.
extension CorrelationRun {
    mutating func follow(_ route: Route, _ alert: PendingAlert, _ known: IdentityState?, at position: Int) {
        switch route {
        case .join(let draft, let reason):
            attach(alert, known, to: draft)
            settle(position, .joined, reason, draft)
            actions.joined(draft.id, reason)
            rollUp(after: alert, in: draft)
        case .symptom(let draft, let upstream):
            suspect(upstream, in: draft)
            // A key that names no asset would drag every other asset along.
            attach(alert, known, to: draft, claimsKey: policy.key != .signature)
            settle(position, .joined, .dependency(upstream: upstream), draft)
            actions.joined(draft.id, .dependency(upstream: upstream))
        case .reopen(let draft):
            openAgain(draft)
            actions.turn(.reopened(draft.id, by: alert.id), of: draft.id)
            attach(alert, known, to: draft)
            settle(position, .joined, .reopened, draft)
            rollUp(after: alert, in: draft)
        case .attachQuietly(let draft):
            attach(alert, known, to: draft, raisesSeverity: false)
            settle(position, .joined, .repeatedAfterManualResolve, draft)
            actions.joined(draft.id, .repeatedAfterManualResolve)
        case .open:
            let draft = open(for: alert, at: alert.moment(now: now))
            actions.turn(.opened(draft.id, by: alert.id), of: draft.id)
            attach(alert, known, to: draft)
            settle(position, .opened, alert.releasedBy.map { .maintenanceEnded(windowID: $0.rawValue) } ?? .noOpenIncident, draft)
            rollUp(after: alert, in: draft)
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
        _ alert: PendingAlert, _ known: IdentityState?, to draft: IncidentDraft, raisesSeverity: Bool = true,
        claimsKey: Bool = true
    ) {
        let moment = alert.moment(now: now)
        if claimsKey { claimKey(of: alert, for: draft) }
        if draft.state.assets[alert.asset] == nil { index(draft, under: alert.asset) }
        draft.count(alert, at: moment, facts: assets[alert.asset])
        if raisesSeverity, alert.severity > draft.state.severity {
            actions.severityRaised(draft.id, from: draft.state.severity, to: alert.severity)
            draft.state.severity = alert.severity
        }
        countAsFiring(known, in: draft)

        var identity = known ?? IdentityState(of: alert)
        identity.describe(alert)
        identity.lastFiringAlert = alert.id
        identity.incidentID = draft.id
        identity.suppressedBy = nil
        identity.isFlapping = identity.isFlapping && draft.state.isFlapping
        store(identity)
        if identity.isFlapping { stayFlapping(draft) }
    }

    /// Counts an identity that was not firing in the incident before.
    private mutating func countAsFiring(_ known: IdentityState?, in draft: IncidentDraft) {
        if known?.kind == .firing, let before = current(known?.incidentID) {
            if before === draft { return }
            before.state.firingIdentities = max(0, before.state.firingIdentities - 1)
            before.isChanged = true
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

extension IdentityState {
    /// What its first event says.
    init(of alert: PendingAlert) {
        self.init(
            identity: alert.identity, asset: alert.asset, signature: alert.signature, tool: alert.toolSource,
            kind: alert.kind, severity: alert.severity, lastEventAt: alert.eventAt)
    }

    /// Takes over what a newer event says. Keeps the newest event time, which a released alert does not have.
    mutating func describe(_ alert: PendingAlert) {
        asset = alert.asset
        signature = alert.signature
        tool = alert.toolSource
        kind = alert.kind
        severity = alert.severity
        lastEventAt = max(lastEventAt, alert.eventAt)
    }
}
