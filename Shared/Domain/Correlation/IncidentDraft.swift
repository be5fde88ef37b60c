/// One incident while a decision is made. Shared by the run and its indexes; never leaves the decision.
final class IncidentDraft {
    var state: IncidentState
    var isChanged = false
    /// It did not exist before this decision.
    let isNew: Bool
    /// Positions of the batch's alerts whose fate names it.
    var positions: [Int] = []
    /// Names of the assets whose entry in `state.assets` changed.
    private(set) var changedAssets: Set<String> = []

    init(_ state: IncidentState, isNew: Bool = false) {
        self.state = state
        self.isNew = isNew
        isChanged = isNew
    }

    var id: IncidentID { state.id }

    /// Counts a firing alert: what the incident knows of assets, tools and signatures. Raises no severity.
    func count(_ alert: PendingAlert, at moment: Timestamp, facts: AssetFacts?) {
        isChanged = true
        state.alertCount += 1
        state.lastEventAt = max(state.lastEventAt, moment)
        if state.assets[alert.asset] == nil { state.assetCount += 1 }
        state.assets[
            alert.asset, default: IncidentAsset(firstEventAt: moment, lastEventAt: moment, alertCount: 0)
        ].count(moment)
        changedAssets.insert(alert.asset)
        state.assetKinds.insertSorted(facts?.kind ?? "server")
        if !alert.toolSource.isEmpty { state.toolSources.insertSorted(alert.toolSource) }
        state.signatures.insertSorted(alert.signature)
        if facts?.isCritical == true { state.touchesCriticalAsset = true }
    }

    /// Adds everything of another incident that ends in this one, and ends that one.
    func absorb(_ other: IncidentDraft) {
        isChanged = true
        other.isChanged = true
        state.alertCount += other.state.alertCount
        state.firingIdentities += other.state.firingIdentities
        state.symptomCount += other.state.symptomCount
        state.severity = max(state.severity, other.state.severity)
        state.lastEventAt = max(state.lastEventAt, other.state.lastEventAt)
        state.touchesCriticalAsset = state.touchesCriticalAsset || other.state.touchesCriticalAsset
        state.isFlapping = state.isFlapping || other.state.isFlapping
        state.isRolledUp = state.isRolledUp || other.state.isRolledUp
        state.suspectedCauseAsset = state.suspectedCauseAsset ?? other.state.suspectedCauseAsset
        state.status = state.status.moreAdvanced(other.state.status)
        if other.state.status.isOpen, other.state.isAssigned, !state.isAssigned {
            state.isAssigned = true
            state.status = .inProgress
        }
        // A rolled-up incident does not hold all its assets: those that neither side holds are taken as distinct.
        let unseen = max(0, other.state.assetCount - other.state.assets.count)
        for (name, entry) in other.state.assets {
            if state.assets[name] == nil { state.assetCount += 1 }
            state.assets[name, default: entry.withoutAlerts].add(entry)
            changedAssets.insert(name)
        }
        state.assetCount += unseen
        for kind in other.state.assetKinds { state.assetKinds.insertSorted(kind) }
        for tool in other.state.toolSources { state.toolSources.insertSorted(tool) }
        for signature in other.state.signatures { state.signatures.insertSorted(signature) }
        other.state.status = .merged
        other.state.mergedInto = id
        other.state.firingIdentities = 0
        other.state.isFlapping = false
        positions += other.positions
        other.positions = []
    }
}

extension IncidentAsset {
    mutating func count(_ moment: Timestamp) {
        firstEventAt = min(firstEventAt, moment)
        lastEventAt = max(lastEventAt, moment)
        alertCount += 1
    }

    mutating func add(_ other: IncidentAsset) {
        firstEventAt = min(firstEventAt, other.firstEventAt)
        lastEventAt = max(lastEventAt, other.lastEventAt)
        alertCount += other.alertCount
    }

    var withoutAlerts: IncidentAsset {
        IncidentAsset(firstEventAt: firstEventAt, lastEventAt: lastEventAt, alertCount: 0)
    }
}

extension [String] {
    /// Adds a text to a sorted list in which each occurs once.
    mutating func insertSorted(_ text: String) {
        let position = firstIndex { $0 >= text } ?? endIndex
        if position == endIndex || self[position] != text { insert(text, at: position) }
    }
}
