/// When enough distinct assets raise one signature within the window, their incidents become one.
extension CorrelationRun {
    /// Checks after an alert has joined or opened an incident whether that completes a roll-up of its signature.
    ///
    /// Counted are the assets that are known to have raised the signature: all of an incident with one signature, else only
    /// the asset that it was opened with. The incident opened first survives.
    mutating func rollUp(after arrival: Arrival, in draft: IncidentDraft) {
        guard policy.rollUp, policy.key != .signature, !draft.state.isRolledUp,
            draft.state.signature == arrival.alert.signature, let all = bySignature[draft.state.signature],
            all.count > 1
        else { return }
        let moment = arrival.moment
        var found: [IncidentDraft] = []
        var distinct: Set<String> = []
        for candidate in all where isCandidate(candidate, at: moment) {
            let raising = raisers(of: candidate, at: moment)
            guard !raising.isEmpty else { continue }
            found.append(candidate)
            distinct.formUnion(raising)
        }
        guard distinct.count >= policy.rollUpMinAssets, found.count > 1 else { return }
        found.sort { ($0.state.openedAt, $0.id) < ($1.state.openedAt, $1.id) }
        rollUp(found, signature: draft.state.signature)
    }

    private mutating func rollUp(_ found: [IncidentDraft], signature: String) {
        let survivor = found[0]
        let others = found.dropFirst()
        var assets = Set(survivor.state.assets.keys)
        for other in others { assets.formUnion(other.state.assets.keys) }
        let reason = FateReason.rolledUp(signature: signature, assets: assets.count)
        actions.turn(.rolledUp(survivor.id, merged: others.map(\.id), assets: assets.count), of: survivor.id)
        for other in others { merge(other, into: survivor, because: reason) }
        survivor.state.isRolledUp = true
        claim(.rollUp(signature: signature), for: survivor)
    }

    private func isCandidate(_ draft: IncidentDraft, at moment: Timestamp) -> Bool {
        // No asset's last event is newer than the incident's, so this sorts out the old ones without looking further.
        guard draft.state.status.isOpen, !draft.state.isRolledUp, draft.state.lastEventAt >= moment - policy.window
        else { return false }
        // Grouped by asset, an incident with several problems is about its asset and not about this signature.
        return policy.key != .asset || draft.state.signatures.count == 1
    }

    /// The assets of an incident whose last event is within the window and that raised the signature it was opened with.
    private func raisers(of draft: IncidentDraft, at moment: Timestamp) -> [String] {
        if draft.state.signatures.count > 1 {
            let asset = draft.state.primaryAsset
            let last = draft.state.assets[asset]?.lastEventAt ?? draft.state.lastEventAt
            return isWithinWindow(last, moment) ? [asset] : []
        }
        return draft.state.assets.compactMap { isWithinWindow($0.value.lastEventAt, moment) ? $0.key : nil }
    }
}
