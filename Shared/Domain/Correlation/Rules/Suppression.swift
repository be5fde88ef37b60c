/// Maintenance windows keep firing alerts quiet; at their end what still fires is decided again.
extension CorrelationRun {
    /// A window that covers an alert, and until when.
    struct Hold {
        var window: MaintenanceWindow
        var until: Timestamp
    }

    /// Of the windows in force at the alert's moment whose scope covers it, the one that ends last.
    mutating func suppression(of arrival: Arrival) -> Hold? {
        if windows.isEmpty { return nil }
        let alert = arrival.alert
        var longest: Hold?
        for window in windows
        where window.matches(asset: alert.asset, signature: alert.signature, labels: alert.labels) {
            guard let end = occurrences.end(of: window, at: arrival.moment) else { continue }
            if let known = longest, (known.until, window.id) > (end, known.window.id) { continue }
            longest = Hold(window: window, until: end)
        }
        return longest
    }

    mutating func suppress(_ arrival: Arrival, by hold: Hold) {
        var identity = arrival.identity
        // It stays with its incident while it fires there; otherwise it belongs to none until it is released.
        if !arrival.wasFiring || current(identity.incidentID)?.state.status.ownsKeys != true {
            identity.incidentID = nil
            identity.isFlapping = false
        }
        identity.suppressedBy = hold.window.id
        store(identity)
        settle(arrival, .suppressed, .maintenance(windowID: hold.window.id.rawValue, name: hold.window.name))
        actions.suppressed(hold.window.id)
        timers.setWindowEnd(hold.window.id, at: hold.until)
    }

    /// The timer `window_end` is due. What it held is decided again as a batch of its own; here only the next end is set,
    /// when another occurrence is in force.
    mutating func windowEnded(_ id: WindowID) {
        guard let window = windows.first(where: { $0.id == id }), let end = occurrences.end(of: window, at: now) else {
            return
        }
        timers.setWindowEnd(id, at: end)
    }
}

/// Remembers for each window how long the last answer holds: schedules are dear to compute, and events come in order.
struct OccurrenceCache {
    private struct Answer {
        var from: Timestamp
        var until: Timestamp
        /// The end of the occurrence in force; nil in between.
        var end: Timestamp?
    }

    private var answers: [WindowID: Answer] = [:]

    /// When the occurrence that is in force at an instant ends; nil when none is.
    mutating func end(of window: MaintenanceWindow, at moment: Timestamp) -> Timestamp? {
        if let answer = answers[window.id], answer.from <= moment, moment < answer.until { return answer.end }
        let end = window.occurrence(containing: moment)?.end
        let next = window.nextOccurrence(after: moment)?.start ?? Timestamp(microseconds: .max)
        answers[window.id] = Answer(from: moment, until: min(end ?? next, next), end: end)
        return end
    }
}
