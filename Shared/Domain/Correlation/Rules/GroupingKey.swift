/// The first rule: which incident a firing alert belongs to, and how it gets in.
enum Route {
    /// It is one more alert of an open incident.
    case join(IncidentDraft, FateReason)
    /// It joins as a symptom of what is wrong upstream.
    case symptom(IncidentDraft, upstream: String)
    /// It opens a resolved incident again.
    case reopen(IncidentDraft)
    /// It attaches to an incident that a person resolved, and changes nothing.
    case attachQuietly(IncidentDraft)
    /// Nothing matches: it opens an incident.
    case open
}

extension CorrelationRun {
    /// What an incident can still do for an alert.
    private enum Standing {
        case joins, reopens, quiet
        /// Its time is over: it gives up its key.
        case gone
    }

    /// Decides one alert of the batch.
    mutating func decide(_ alert: PendingAlert, at position: Int) {
        let known = identities[alert.identity]
        let arrival = Arrival(alert, at: position, known: known, policy: policy, now: now)
        if alert.kind == .firing, let window = alert.releasedBy {
            guard arrival.wasFiring, known?.suppressedBy == window else {
                return settle(arrival, .noted, .outOfOrder, current(known?.incidentID))
            }
        } else if let known, alert.eventAt < known.lastEventAt {
            return settle(arrival, .noted, .outOfOrder, current(known.incidentID))
        }
        switch alert.kind {
        case .resolved: recover(arrival)
        case .firing:
            if let hold = suppression(of: arrival) {
                suppress(arrival, by: hold)
            } else {
                follow(route(of: arrival), arrival)
            }
        }
    }

    /// Its own incident first, then the policy's key, then a roll-up of its signature, then something upstream.
    private mutating func route(of arrival: Arrival) -> Route {
        let (alert, known, moment) = (arrival.alert, arrival.known, arrival.moment)
        let own = current(known?.incidentID)
        if let own, arrival.wasFiring {
            switch standing(of: own, at: moment, holdsAlert: true) {
            case .joins: return .join(own, .repeated)
            case .reopens: return .reopen(own)
            case .quiet: return .attachQuietly(own)
            case .gone: break
            }
        }
        if let own, let known, known.isFlapping, own.state.isFlapping, own.state.status.isOpen {
            return .join(own, .flapping(transitions: known.transitions.count))
        }
        if let owner = current(keys[arrival.key]) {
            switch standing(of: owner, at: moment, holdsAlert: false) {
            case .joins: return .join(owner, .sameKey(key: arrival.key.text))
            case .reopens, .quiet: return .reopen(owner)
            case .gone: break
            }
        }
        if policy.rollUp, let owner = current(keys[.rollUp(signature: alert.signature)]) {
            switch standing(of: owner, at: moment, holdsAlert: false) {
            case .joins:
                let assets = owner.state.assetCount + (owner.state.assets[alert.asset] == nil ? 1 : 0)
                return .join(owner, .rolledUp(signature: alert.signature, assets: assets))
            case .reopens, .quiet: return .reopen(owner)
            case .gone: break
            }
        }
        if let found = upstreamIncident(of: alert.asset, at: moment) {
            return .symptom(found.draft, upstream: found.asset)
        }
        return .open
    }

    /// An open incident takes alerts within the window of its last one, and as long as anything in it still fires. A
    /// resolved one takes them within the reopen window, also when its `close` timer is late.
    private func standing(of draft: IncidentDraft, at moment: Timestamp, holdsAlert: Bool) -> Standing {
        if draft.state.status.isOpen { return isActive(draft, at: moment) ? .joins : .gone }
        guard draft.state.status == .resolved, let resolvedAt = draft.state.resolvedAt,
            now <= resolvedAt + policy.reopenWindow
        else { return .gone }
        return draft.state.resolvedBy != nil && holdsAlert ? .quiet : .reopens
    }

    func isActive(_ draft: IncidentDraft, at moment: Timestamp) -> Bool {
        draft.state.status.isOpen
            && (draft.state.firingIdentities > 0 || isWithinWindow(draft.state.lastEventAt, moment))
    }

    func isWithinWindow(_ left: Timestamp, _ right: Timestamp) -> Bool {
        abs(left.microseconds - right.microseconds) <= Int64(policy.windowMinutes) * 60_000_000
    }

    /// Makes the alert's key point to an incident, unless another one that could take the alert holds it.
    mutating func claimKey(of arrival: Arrival, for draft: IncidentDraft) {
        if let owner = current(keys[arrival.key]), owner !== draft,
            standing(of: owner, at: arrival.moment, holdsAlert: false) != .gone
        {
            return
        }
        claim(arrival.key, for: draft)
    }
}
