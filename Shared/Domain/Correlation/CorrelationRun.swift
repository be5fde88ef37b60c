/// The state of one decision while it is made: what was loaded, what has changed, what to say about it.
///
/// The rules are extensions, one in each file of `Rules`.
struct CorrelationRun {
    let policy: CorrelationPolicy
    let assets: [String: AssetFacts]
    let windows: [MaintenanceWindow]
    let now: Timestamp
    private let makeIncidentID: @Sendable (Timestamp) -> IncidentID

    private(set) var drafts: [IncidentID: IncidentDraft] = [:]
    private var newDrafts = 0
    private(set) var identities: [AlertIdentity: IdentityState]
    private var changedIdentities: Set<AlertIdentity> = []
    private(set) var keys: [CorrelationKey: IncidentID]
    private var changedKeys: Set<CorrelationKey> = []
    /// By position in the batch.
    var fates: [Fate?]
    var actions = ActionLedger()
    var timers = TimerLedger()
    var merges: [(source: IncidentID, target: IncidentID, reason: FateReason)] = []
    var releasedKeys: [IncidentID] = []
    var quietedFlapping: [IncidentID] = []
    /// Incidents by the signature that they were opened with.
    private(set) var bySignature: [String: [IncidentDraft]] = [:]
    /// Incidents by each asset in them; made when first asked for.
    private var byAsset: [String: [IncidentDraft]]?
    var occurrences = OccurrenceCache()

    init(
        context: CorrelationContext, batch: Int = 0, now: Timestamp,
        makeIncidentID: @escaping @Sendable (Timestamp) -> IncidentID
    ) {
        fates = Array(repeating: nil, count: batch)
        policy = context.policy
        assets = context.assets
        windows = context.windows.filter(\.isEnabled)
        self.now = now
        self.makeIncidentID = makeIncidentID
        identities = context.identities
        keys = context.keys
        identities.reserveCapacity(context.identities.count + batch)
        changedIdentities.reserveCapacity(batch)
        drafts.reserveCapacity(context.incidents.count + batch / 4)
        for (id, state) in context.incidents {
            let draft = IncidentDraft(state)
            drafts[id] = draft
            bySignature[state.signature, default: []].append(draft)
        }
    }

    // MARK: Incidents

    /// - Throws: ``CorrelationError/unknownIncident(_:)``.
    func loaded(_ id: IncidentID) throws(CorrelationError) -> IncidentDraft {
        guard let draft = drafts[id] else { throw .unknownIncident(id) }
        return draft
    }

    /// The incident that an id means today: a merged one means its target. Nil when it is not loaded.
    func current(_ id: IncidentID?) -> IncidentDraft? {
        var next = id
        // Longer chains than this, or a circle, would be a fault in the data: then there is none.
        for _ in 0..<32 {
            guard let draft = next.flatMap({ drafts[$0] }) else { return nil }
            guard draft.state.status == .merged else { return draft }
            next = draft.state.mergedInto
        }
        return nil
    }

    mutating func open(for arrival: Arrival) -> IncidentDraft {
        let (alert, moment) = (arrival.alert, arrival.moment)
        let id = makeIncidentID(now + .microseconds(newDrafts))
        newDrafts += 1
        var state = IncidentState(
            id: id, title: "", signature: alert.signature, primaryAsset: alert.asset, status: .new,
            severity: alert.severity, openedAt: min(moment, now), lastEventAt: moment)
        state.category = SignatureFamily.of(signature: alert.signature, message: alert.message).rawValue
        let draft = IncidentDraft(state, isNew: true)
        drafts[id] = draft
        bySignature[alert.signature, default: []].append(draft)
        return draft
    }

    /// Incidents that hold an asset, in no order; also some that have ended since.
    mutating func incidents(holding asset: String) -> [IncidentDraft] {
        if byAsset == nil {
            byAsset = [:]
            for draft in drafts.values { index(draft) }
        }
        return byAsset?[asset] ?? []
    }

    /// Makes an incident known under an asset that is new to it.
    mutating func index(_ draft: IncidentDraft, under asset: String) { byAsset?[asset, default: []].append(draft) }

    private mutating func index(_ draft: IncidentDraft) {
        for asset in draft.state.assets.keys { index(draft, under: asset) }
        if draft.state.assets[draft.state.primaryAsset] == nil { index(draft, under: draft.state.primaryAsset) }
    }

    // MARK: Identities and keys

    mutating func store(_ identity: IdentityState) {
        identities[identity.identity] = identity
        changedIdentities.insert(identity.identity)
    }

    mutating func claim(_ key: CorrelationKey, for draft: IncidentDraft) {
        guard keys[key] != draft.id else { return }
        keys[key] = draft.id
        changedKeys.insert(key)
    }

    /// Writes an alert's fate and remembers which incident it names.
    mutating func settle(_ arrival: Arrival, _ kind: Fate.Kind, _ reason: FateReason, _ draft: IncidentDraft? = nil) {
        fates[arrival.position] = Fate(kind: kind, reason: reason, incidentID: draft?.id)
        draft?.positions.append(arrival.position)
    }

    // MARK: The result

    /// Everything that changed, with titles and insights as they are now.
    func decision(for alerts: [PendingAlert]) -> CorrelationDecision {
        var decision = CorrelationDecision()
        decision.fates = zip(alerts, fates).map { ($0.id, $1 ?? Fate(kind: .noted, reason: .outOfOrder)) }
        decision.actions = actions.actions
        for (id, draft) in drafts where draft.isChanged {
            decision.incidents[id] = described(draft.state)
            if draft.isNew { decision.opened.insert(id) }
            if !draft.changedAssets.isEmpty { decision.changedAssets[id] = draft.changedAssets }
        }
        decision.identities.reserveCapacity(changedIdentities.count)
        for identity in changedIdentities {
            guard var state = identities[identity] else { continue }
            if !merges.isEmpty { state.incidentID = current(state.incidentID)?.id ?? state.incidentID }
            decision.identities[identity] = state
        }
        for key in changedKeys { decision.keys[key] = current(keys[key])?.id }
        if !merges.isEmpty {
            for (key, owner) in keys {
                if let heir = current(owner)?.id, heir != owner { decision.keys[key] = heir }
            }
        }
        decision.merges = merges
        decision.releasedKeys = releasedKeys
        // A new incident has no timers yet that could be cancelled.
        decision.timers = timers.changes.filter { $0.dueAt != nil || !decision.opened.contains(IncidentID($0.subject)) }
        decision.quietedFlapping = quietedFlapping
        return decision
    }

    private func described(_ state: IncidentState) -> IncidentState {
        // What ended in another incident keeps the name under which it was known, when it had one.
        if state.status == .merged, !state.title.isEmpty { return state }
        var described = state
        described.title = IncidentTitle.make(for: state)
        let insight = IncidentAnalyser.analyse(state)
        // A model's insight stays until the rules see another pattern.
        if state.insight?.source != .model || state.insight?.pattern != insight.pattern { described.insight = insight }
        return described
    }
}
