/// An accepted alert that has no fate yet, or whose fate is decided again after a maintenance window.
public struct PendingAlert: Sendable, Equatable {
    public var id: AlertID
    public var identity: AlertIdentity
    public var kind: AlertEvent.Kind
    public var asset: String
    public var signature: String
    public var severity: Severity
    public var message: String
    public var toolSource: String
    public var labels: [String: String]
    /// Orders events and measures windows; see ``AlertEvent/eventTime(receivedAt:)``.
    public var eventAt: Timestamp
    public var receivedAt: Timestamp
    /// The maintenance window whose end caused this decision; nil for an alert that arrives.
    public var releasedBy: WindowID?

    public init(
        id: AlertID, identity: AlertIdentity, kind: AlertEvent.Kind, asset: String, signature: String,
        severity: Severity, message: String = "", toolSource: String = "", labels: [String: String] = [:],
        eventAt: Timestamp, receivedAt: Timestamp, releasedBy: WindowID? = nil
    ) {
        self.id = id
        self.identity = identity
        self.kind = kind
        self.asset = asset
        self.signature = signature
        self.severity = severity
        self.message = message
        self.toolSource = toolSource
        self.labels = labels
        self.eventAt = eventAt
        self.receivedAt = receivedAt
        self.releasedBy = releasedBy
    }
}

/// What is known of one alert identity from the events so far.
public struct IdentityState: Sendable, Equatable {
    public var identity: AlertIdentity
    public var asset: String
    public var signature: String
    public var tool: String
    public var kind: AlertEvent.Kind
    public var severity: Severity
    /// The newest event, of either kind.
    public var lastEventAt: Timestamp
    public var lastResolvedAt: Timestamp?
    /// The newest firing alert: it is decided again when a maintenance window ends.
    public var lastFiringAlert: AlertID?
    /// The incident that its alerts belong to; nil when quiet or never grouped.
    public var incidentID: IncidentID?
    /// When it went firing → resolved, oldest first, only those within one window of the newest event.
    public var transitions: [Timestamp]
    public var isFlapping: Bool
    /// Firing, but kept quiet by this maintenance window.
    public var suppressedBy: WindowID?

    public init(
        identity: AlertIdentity, asset: String, signature: String, tool: String, kind: AlertEvent.Kind,
        severity: Severity, lastEventAt: Timestamp, lastResolvedAt: Timestamp? = nil, lastFiringAlert: AlertID? = nil,
        incidentID: IncidentID? = nil, transitions: [Timestamp] = [], isFlapping: Bool = false,
        suppressedBy: WindowID? = nil
    ) {
        self.identity = identity
        self.asset = asset
        self.signature = signature
        self.tool = tool
        self.kind = kind
        self.severity = severity
        self.lastEventAt = lastEventAt
        self.lastResolvedAt = lastResolvedAt
        self.lastFiringAlert = lastFiringAlert
        self.incidentID = incidentID
        self.transitions = transitions
        self.isFlapping = isFlapping
        self.suppressedBy = suppressedBy
    }
}

/// One asset within an incident.
public struct IncidentAsset: Sendable, Equatable {
    public var firstEventAt: Timestamp
    public var lastEventAt: Timestamp
    /// Firing events.
    public var alertCount: Int

    public init(firstEventAt: Timestamp, lastEventAt: Timestamp, alertCount: Int) {
        self.firstEventAt = firstEventAt
        self.lastEventAt = lastEventAt
        self.alertCount = alertCount
    }
}

/// What the engine knows and changes of an incident.
public struct IncidentState: Sendable, Equatable {
    public var id: IncidentID
    public var title: String
    /// The signature it was opened with.
    public var signature: String
    /// The asset it was opened with.
    public var primaryAsset: String
    public var status: IncidentStatus
    public var severity: Severity
    /// Firing events.
    public var alertCount: Int
    /// Identities that are firing now and belong to it. Counted until it is closed.
    public var firingIdentities: Int
    /// Distinct assets; `assets` may hold fewer.
    public var assetCount: Int
    /// All assets of an incident that is not rolled up; of a rolled-up one only those that the batch speaks of and those
    /// upstream of them. For a merge by a person: all of both incidents.
    public var assets: [String: IncidentAsset]
    /// The kinds of all its assets, sorted, distinct: what the title calls them.
    public var assetKinds: [String]
    /// Sorted, distinct, no empty one.
    public var toolSources: [String]
    public var signatures: [String]
    public var touchesCriticalAsset: Bool
    public var isRolledUp: Bool
    /// Held open while an identity of it flaps.
    public var isFlapping: Bool
    /// The upstream asset that symptoms point to.
    public var suspectedCauseAsset: String?
    public var symptomCount: Int
    public var insight: Insight?
    /// The event time of the alert that opened it (never later than the decision): deadlines and age count from here.
    public var openedAt: Timestamp
    /// The newest firing event, event time: the correlation window slides from here.
    public var lastEventAt: Timestamp
    public var resolvedAt: Timestamp?
    /// Nil while unresolved and when it resolved by itself.
    public var resolvedBy: UserID?
    /// How often it was opened again.
    public var reopenCount: Int
    public var mergedInto: IncidentID?
    /// Somebody is assigned: an incident that opens again goes back to them.
    public var isAssigned: Bool
    /// The ``SignatureFamily`` of the alert that opened it: what skills it takes.
    public var category: String

    public init(
        id: IncidentID, title: String, signature: String, primaryAsset: String, status: IncidentStatus,
        severity: Severity, openedAt: Timestamp, lastEventAt: Timestamp
    ) {
        self.id = id
        self.title = title
        self.signature = signature
        self.primaryAsset = primaryAsset
        self.status = status
        self.severity = severity
        self.alertCount = 0
        self.firingIdentities = 0
        self.assetCount = 0
        self.assets = [:]
        self.assetKinds = []
        self.toolSources = []
        self.signatures = []
        self.touchesCriticalAsset = false
        self.isRolledUp = false
        self.isFlapping = false
        self.suspectedCauseAsset = nil
        self.symptomCount = 0
        self.insight = nil
        self.openedAt = openedAt
        self.lastEventAt = lastEventAt
        self.resolvedAt = nil
        self.resolvedBy = nil
        self.reopenCount = 0
        self.mergedInto = nil
        self.isAssigned = false
        self.category = SignatureFamily.other.rawValue
    }
}

/// What the engine needs to know of an asset.
public struct AssetFacts: Sendable, Equatable {
    public var name: String
    public var kind: String
    public var isCritical: Bool
    /// Names of the assets that it directly depends on.
    public var dependsOn: [String]

    public init(name: String, kind: String = "server", isCritical: Bool = false, dependsOn: [String] = []) {
        self.name = name
        self.kind = kind
        self.isCritical = isCritical
        self.dependsOn = dependsOn
    }
}

/// Everything of one company that a decision reads. Loaded in the transaction that applies the decision.
public struct CorrelationContext: Sendable {
    public var policy: CorrelationPolicy
    /// The assets of the batch and everything upstream of them. A missing one is new: not critical, depends on nothing.
    public var assets: [String: AssetFacts]
    /// Every incident that owns keys and whose key, signature or (for dependency) asset could match, and those that the
    /// identities below belong to; of a merged one also its target.
    public var incidents: [IncidentID: IncidentState]
    /// Keys of the batch and of the incidents above, with their owners.
    public var keys: [CorrelationKey: IncidentID]
    /// The identities of the batch that are known already.
    public var identities: [AlertIdentity: IdentityState]
    public var windows: [MaintenanceWindow]

    public init(
        policy: CorrelationPolicy, assets: [String: AssetFacts] = [:], incidents: [IncidentID: IncidentState] = [:],
        keys: [CorrelationKey: IncidentID] = [:], identities: [AlertIdentity: IdentityState] = [:],
        windows: [MaintenanceWindow] = []
    ) {
        self.policy = policy
        self.assets = assets
        self.incidents = incidents
        self.keys = keys
        self.identities = identities
        self.windows = windows
    }
}
