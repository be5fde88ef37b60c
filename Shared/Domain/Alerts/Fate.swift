/// What became of an alert, and why. Fates are only ever added: the latest counts, all are kept.
public struct Fate: Sendable, Equatable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// It opened a new incident.
        case opened
        /// It joined an incident that was there.
        case joined
        /// A recovery that ended its alert.
        case resolved
        /// A maintenance window kept it quiet.
        case suppressed
        /// It is recorded and changes nothing: out of order, or a recovery of something that was not firing.
        case noted
    }

    public var kind: Kind
    public var reason: FateReason
    public var incidentID: IncidentID?

    public init(kind: Kind, reason: FateReason, incidentID: IncidentID? = nil) {
        self.kind = kind
        self.reason = reason
        self.incidentID = incidentID
    }
}

/// Why an alert has its fate: stored, shown, counted and tested.
public enum FateReason: Sendable, Equatable {
    /// Nothing open matched.
    case noOpenIncident
    /// An incident that owns the correlation key was open.
    case sameKey(key: String)
    /// The same alert is firing already; its incident is open.
    case repeated
    /// A person resolved the incident while the alert had not recovered: the repeat attaches and stays quiet.
    case repeatedAfterManualResolve
    /// A firing after a recovery, within the reopen window.
    case reopened
    /// At least `assets` distinct assets raised the signature within the window.
    case rolledUp(signature: String, assets: Int)
    /// An asset that this one depends on has an open incident.
    case dependency(upstream: String)
    /// The alert goes up and down; its incident is held.
    case flapping(transitions: Int)
    /// The alert recovered.
    case recovered
    /// The incident that it belonged to was merged into another by a person.
    case mergedByPerson
    /// Quiet because of a maintenance window.
    case maintenance(windowID: String, name: String)
    /// The maintenance window ended and the alert was still active.
    case maintenanceEnded(windowID: String)
    /// Older than the newest event of its identity.
    case outOfOrder
    /// A recovery of something that was not firing.
    case nothingFiring
    /// Deciding it fails again and again; it is set aside so that others are decided, and an operator is told.
    case undecidable

    /// The stable name: a label in metrics, the `reason` of the API.
    public var name: String {
        switch self {
        case .noOpenIncident: "no_open_incident"
        case .sameKey: "same_key"
        case .repeated: "repeated"
        case .repeatedAfterManualResolve: "repeated_after_manual_resolve"
        case .reopened: "reopened"
        case .rolledUp: "rolled_up"
        case .dependency: "dependency"
        case .flapping: "flapping"
        case .recovered: "recovered"
        case .mergedByPerson: "merged_by_person"
        case .maintenance: "maintenance"
        case .maintenanceEnded: "maintenance_ended"
        case .outOfOrder: "out_of_order"
        case .nothingFiring: "nothing_firing"
        case .undecidable: "undecidable"
        }
    }

    /// One sentence for people.
    public var explanation: String {
        switch self {
        case .noOpenIncident: "No open incident matched, so a new one was opened."
        case .sameKey(let key): "An open incident has the same correlation key (\(key))."
        case .repeated: "The same alert is firing already."
        case .repeatedAfterManualResolve:
            "A person resolved the incident and the alert has not recovered since, so the repeat stays quiet."
        case .reopened: "The alert fired again after a recovery, within the reopen window."
        case .rolledUp(let signature, let assets): "\(assets) assets raised \(signature) within the window."
        case .dependency(let upstream): "\(upstream), which this asset depends on, has an open incident."
        case .flapping(let transitions): "The alert went up and down \(transitions) times within the window."
        case .recovered: "The alert recovered."
        case .mergedByPerson: "A person merged its incident into this one."
        case .maintenance(_, let name): "The maintenance window \(name) is in force."
        case .maintenanceEnded: "The maintenance window ended and the alert was still active."
        case .outOfOrder: "A newer event of the same alert was known already."
        case .nothingFiring: "A recovery of an alert that was not firing."
        case .undecidable: "It could not be decided and was set aside; the Correlator's log says why."
        }
    }
}
