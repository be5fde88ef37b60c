/// What happens when alerts recover: they end, and after a hold their incident does.
extension CorrelationRun {
    mutating func recover(_ arrival: Arrival) {
        var identity = arrival.identity
        guard arrival.wasFiring else {
            // Remembered all the same, so that an older firing event that arrives late opens nothing.
            store(identity)
            return settle(arrival, .noted, .nothingFiring)
        }
        let draft = current(identity.incidentID)
        // What maintenance kept quiet from start to end does not count as going up and down.
        let wasUnseen = identity.suppressedBy != nil && draft == nil
        identity.suppressedBy = nil
        if !wasUnseen { addTransition(at: arrival.alert.eventAt, to: &identity) }
        settle(arrival, .resolved, .recovered, draft)
        if draft == nil { fates[arrival.position]?.incidentID = identity.incidentID }
        if let draft, draft.state.status.ownsKeys {
            draft.isChanged = true
            draft.state.firingIdentities = max(0, draft.state.firingIdentities - 1)
            actions.recovered(draft.id, stillFiring: draft.state.firingIdentities)
            updateFlapping(of: &identity, in: draft)
            holdOrResolve(draft)
        }
        store(identity)
    }

    private mutating func holdOrResolve(_ draft: IncidentDraft) {
        guard policy.autoResolve, isQuiet(draft), !draft.state.isFlapping else { return }
        if policy.autoResolveHoldSeconds <= 0 {
            resolve(draft, because: .allRecovered)
        } else {
            timers.set(.resolveHold, draft.id, at: now + policy.autoResolveHold)
        }
    }

    /// Open, and nothing in it fires.
    func isQuiet(_ draft: IncidentDraft) -> Bool { draft.state.status.isOpen && draft.state.firingIdentities == 0 }

    /// The timer `resolve_hold` is due.
    mutating func holdPassed(_ draft: IncidentDraft) {
        guard policy.autoResolve, isQuiet(draft), !draft.state.isFlapping else { return }
        resolve(draft, because: .allRecovered)
    }

    /// The timer `close` is due.
    mutating func reopenWindowPassed(_ draft: IncidentDraft) {
        guard draft.state.status == .resolved, let resolvedAt = draft.state.resolvedAt else { return }
        // The window was made longer since: the timer is set anew.
        guard now >= resolvedAt + policy.reopenWindow else {
            timers.set(.close, draft.id, at: resolvedAt + policy.reopenWindow)
            return
        }
        draft.isChanged = true
        draft.state.status = .closed
        releasedKeys.append(draft.id)
        actions.turn(.closed(draft.id), of: draft.id)
    }

    /// It resolves by itself.
    mutating func resolve(_ draft: IncidentDraft, because reason: CorrelationAction.ResolutionReason) {
        end(draft, by: nil)
        actions.turn(.resolved(draft.id, reason), of: draft.id)
    }

    /// A person resolves it: nothing holds it any more, not even flapping.
    mutating func resolve(_ draft: IncidentDraft, by user: UserID) {
        end(draft, by: user)
        timers.cancel(.resolveHold, draft.id)
        if draft.state.isFlapping {
            draft.state.isFlapping = false
            quietedFlapping.append(draft.id)
            timers.cancel(.flapQuiet, draft.id)
        }
    }

    private mutating func end(_ draft: IncidentDraft, by user: UserID?) {
        draft.isChanged = true
        draft.state.status = .resolved
        draft.state.resolvedAt = now
        draft.state.resolvedBy = user
        timers.set(.close, draft.id, at: now + policy.reopenWindow)
    }
}
