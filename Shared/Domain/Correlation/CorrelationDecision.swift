/// A change that the engine decided, with its reason. Journal rows are made of these, in this order.
public enum CorrelationAction: Sendable, Equatable {
    case opened(IncidentID, by: AlertID)
    /// Alerts of one decision that joined one incident: `count` of them, for the reason most of them had.
    case joined(IncidentID, count: Int, reason: FateReason)
    case severityRaised(IncidentID, from: Severity, to: Severity)
    case reopened(IncidentID, by: AlertID)
    case alertsRecovered(IncidentID, count: Int, stillFiring: Int)
    case resolved(IncidentID, ResolutionReason)
    case rolledUp(IncidentID, merged: [IncidentID], assets: Int)
    /// `source` ended as merged; its alerts, keys and identities belong to `target` now.
    case merged(IncidentID, into: IncidentID)
    case startedFlapping(IncidentID, asset: String, signature: String, transitions: Int)
    case stoppedFlapping(IncidentID)
    case closed(IncidentID)
    case suppressed(WindowID, count: Int)

    public enum ResolutionReason: String, Sendable, Codable {
        /// All alerts recovered and the hold passed (or is 0).
        case allRecovered = "all_recovered"
        /// Flapping ended quiet.
        case quietAfterFlapping = "quiet_after_flapping"
    }
}

/// A timer to set, move or cancel in the transaction that applies the decision.
public struct TimerChange: Sendable, Equatable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// Subject: incident. All alerts recovered; resolve it if that is still so.
        case resolveHold = "resolve_hold"
        /// Subject: incident. No flapping event for one window.
        case flapQuiet = "flap_quiet"
        /// Subject: maintenance window. Its occurrence ends; decide active alerts again.
        case windowEnd = "window_end"
        /// Subject: incident. The reopen window is over.
        case close
    }

    public var kind: Kind
    /// An incident id, or for `window_end` a maintenance window id.
    public var subject: String
    /// When it fires; nil cancels it. Setting it again moves it, but a `window_end` that is there and due earlier stays:
    /// the earlier end releases what it held, and holds again what is still covered.
    public var dueAt: Timestamp?

    public init(_ kind: Kind, subject: String, dueAt: Timestamp?) {
        self.kind = kind
        self.subject = subject
        self.dueAt = dueAt
    }
}

/// What follows from a batch of alerts or a timer: everything to store, and why.
public struct CorrelationDecision: Sendable, Equatable {
    /// One for each alert of the batch, in its order.
    public var fates: [(alert: AlertID, fate: Fate)]
    public var actions: [CorrelationAction]
    /// New and changed incidents as they are afterwards. `assets` holds every asset that changed or was loaded.
    public var incidents: [IncidentID: IncidentState]
    /// Which entries of `assets` of `incidents` are new or changed.
    public var changedAssets: [IncidentID: Set<String>]
    /// Which of `incidents` are new.
    public var opened: Set<IncidentID>
    public var identities: [AlertIdentity: IdentityState]
    /// New or moved keys.
    public var keys: [CorrelationKey: IncidentID]
    /// Keys, identities and alerts of the first belong to the second from now on (also those not loaded here), and so does
    /// what people did with it: see ``IncidentLifeState/takingOver(from:)``. The target's state in `incidents` already
    /// holds the sums and the assets of both.
    public var merges: [(source: IncidentID, target: IncidentID, reason: FateReason)]
    /// Incidents that give up all their keys (closed).
    public var releasedKeys: [IncidentID]
    public var timers: [TimerChange]
    /// Incidents whose `flapping` identities all become quiet.
    public var quietedFlapping: [IncidentID]

    public init() {
        fates = []
        actions = []
        incidents = [:]
        changedAssets = [:]
        opened = []
        identities = [:]
        keys = [:]
        merges = []
        releasedKeys = []
        timers = []
        quietedFlapping = []
    }

    public static func == (left: Self, right: Self) -> Bool {
        left.fates.elementsEqual(right.fates, by: ==) && left.actions == right.actions
            && left.incidents == right.incidents && left.changedAssets == right.changedAssets
            && left.opened == right.opened && left.identities == right.identities
            && left.keys == right.keys && left.merges.elementsEqual(right.merges, by: ==)
            && left.releasedKeys == right.releasedKeys && left.timers == right.timers
            && left.quietedFlapping == right.quietedFlapping
    }
}

/// A bug in the caller, never bad input: the decision is not made.
public enum CorrelationError: Error, Equatable {
    /// A timer names an incident that was not loaded.
    case unknownIncident(IncidentID)
}
