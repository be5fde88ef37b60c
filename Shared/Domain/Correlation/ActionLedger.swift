/// Collects the actions of a decision and adds up those that say the same of one incident.
///
/// Joins and recoveries of one incident are one action each, until the incident is resolved, reopened or merged: then a
/// new one begins, so that the order still tells what happened.
struct ActionLedger {
    private enum Entry {
        case action(CorrelationAction)
        case joins(IncidentID, [(reason: FateReason, count: Int)])
    }

    private var entries: [Entry] = []
    private var joins: [IncidentID: Int] = [:]
    private var recoveries: [IncidentID: Int] = [:]
    private var raises: [IncidentID: Int] = [:]
    private var suppressions: [WindowID: Int] = [:]

    /// Everything recorded, in order of the first time. A join has the reason that most of its alerts had.
    var actions: [CorrelationAction] {
        entries.map { entry in
            switch entry {
            case .action(let action): return action
            case .joins(let id, let tally):
                var most = tally[0]
                var total = 0
                for part in tally {
                    total += part.count
                    if part.count > most.count { most = part }
                }
                return .joined(id, count: total, reason: most.reason)
            }
        }
    }

    mutating func joined(_ id: IncidentID, _ reason: FateReason) {
        guard let position = joins[id], case .joins(_, var tally) = entries[position] else {
            joins[id] = entries.count
            entries.append(.joins(id, [(reason, 1)]))
            return
        }
        if let same = tally.firstIndex(where: { $0.reason.name == reason.name }) {
            tally[same] = (reason, tally[same].count + 1)
        } else {
            tally.append((reason, 1))
        }
        entries[position] = .joins(id, tally)
    }

    mutating func recovered(_ id: IncidentID, stillFiring: Int) {
        guard let position = recoveries[id], case .action(.alertsRecovered(_, let count, _)) = entries[position] else {
            recoveries[id] = entries.count
            entries.append(.action(.alertsRecovered(id, count: 1, stillFiring: stillFiring)))
            return
        }
        entries[position] = .action(.alertsRecovered(id, count: count + 1, stillFiring: stillFiring))
    }

    mutating func severityRaised(_ id: IncidentID, from: Severity, to: Severity) {
        guard let position = raises[id], case .action(.severityRaised(_, let first, _)) = entries[position] else {
            raises[id] = entries.count
            entries.append(.action(.severityRaised(id, from: from, to: to)))
            return
        }
        entries[position] = .action(.severityRaised(id, from: first, to: to))
    }

    mutating func suppressed(_ window: WindowID) {
        guard let position = suppressions[window], case .action(.suppressed(_, let count)) = entries[position] else {
            suppressions[window] = entries.count
            entries.append(.action(.suppressed(window, count: 1)))
            return
        }
        entries[position] = .action(.suppressed(window, count: count + 1))
    }

    /// Records a turn in the life of an incident: what is counted of it afterwards is an action of its own.
    mutating func turn(_ action: CorrelationAction, of ids: IncidentID...) {
        entries.append(.action(action))
        for id in ids {
            joins[id] = nil
            recoveries[id] = nil
            raises[id] = nil
        }
    }
}
