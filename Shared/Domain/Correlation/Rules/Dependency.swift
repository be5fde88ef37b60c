/// Alerts of assets that depend on an asset with an open incident are symptoms of it.
extension CorrelationRun {
    /// How many dependencies away a cause may be.
    private static var maximumDepth: Int { 10 }

    /// The nearest asset upstream that an active incident holds, level by level, and the incident: of several the one that
    /// was opened on that asset, then the oldest.
    mutating func upstreamIncident(of asset: String, at moment: Timestamp) -> (draft: IncidentDraft, asset: String)? {
        guard policy.dependency, let first = assets[asset]?.dependsOn, !first.isEmpty else { return nil }
        var seen: Set<String> = [asset]
        var level = first
        for _ in 0..<Self.maximumDepth {
            var next: [String] = []
            for upstream in level where seen.insert(upstream).inserted {
                if let draft = activeIncident(on: upstream, at: moment) { return (draft, upstream) }
                next += assets[upstream]?.dependsOn ?? []
            }
            if next.isEmpty { return nil }
            level = next
        }
        return nil
    }

    private mutating func activeIncident(on asset: String, at moment: Timestamp) -> IncidentDraft? {
        incidents(holding: asset)
            .filter { isActive($0, at: moment) }
            .min { left, right in
                let (mine, theirs) = (left.state.primaryAsset == asset, right.state.primaryAsset == asset)
                if mine != theirs { return mine }
                return (left.state.openedAt, left.id) < (right.state.openedAt, right.id)
            }
    }

    /// One more symptom points to an upstream asset. A cause that lies further upstream of it is kept.
    func suspect(_ upstream: String, in draft: IncidentDraft) {
        draft.isChanged = true
        draft.state.symptomCount += 1
        if let known = draft.state.suspectedCauseAsset, depends(upstream, on: known) { return }
        draft.state.suspectedCauseAsset = upstream
    }

    private func depends(_ asset: String, on upstream: String) -> Bool {
        var seen: Set<String> = [asset]
        var level = assets[asset]?.dependsOn ?? []
        for _ in 0..<Self.maximumDepth {
            if level.contains(upstream) { return true }
            level = level.filter { seen.insert($0).inserted }.flatMap { assets[$0]?.dependsOn ?? [] }
            if level.isEmpty { return false }
        }
        return false
    }
}
