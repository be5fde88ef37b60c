/// Alerts that go up and down: their incident is held open until they were quiet for one window, and notifies once.
extension CorrelationRun {
    /// Remembers that an identity went firing → resolved, and forgets what is older than one window.
    func addTransition(at moment: Timestamp, to identity: inout IdentityState) {
        let oldest = moment - policy.window
        identity.transitions.removeAll { $0 < oldest }
        identity.transitions.append(moment)
    }

    /// After a recovery: the identity may have begun to flap, or flaps still.
    mutating func updateFlapping(of identity: inout IdentityState, in draft: IncidentDraft) {
        guard policy.flapping, draft.state.status.isOpen else {
            identity.isFlapping = identity.isFlapping && draft.state.isFlapping
            return
        }
        if identity.transitions.count >= policy.flappingTransitions {
            identity.isFlapping = true
            if !draft.state.isFlapping {
                draft.state.isFlapping = true
                draft.isChanged = true
                actions.turn(
                    .startedFlapping(
                        draft.id, asset: identity.asset, signature: identity.signature,
                        transitions: identity.transitions.count))
                timers.cancel(.resolveHold, draft.id)
            }
        }
        identity.isFlapping = identity.isFlapping && draft.state.isFlapping
        if identity.isFlapping { stayFlapping(draft) }
    }

    /// One more event of a flapping identity: quiet begins anew.
    mutating func stayFlapping(_ draft: IncidentDraft) {
        timers.set(.flapQuiet, draft.id, at: now + policy.window)
    }

    /// The timer `flap_quiet` is due: the last flapping event is one window ago.
    mutating func flappingWentQuiet(_ draft: IncidentDraft) {
        guard draft.state.isFlapping else { return }
        draft.isChanged = true
        draft.state.isFlapping = false
        quietedFlapping.append(draft.id)
        actions.turn(.stoppedFlapping(draft.id), of: draft.id)
        if policy.autoResolve, isQuiet(draft) { resolve(draft, because: .quietAfterFlapping) }
    }
}
