/// Collects the timer changes of a decision: the last word on each timer, in order of the first.
struct TimerLedger {
    private struct Name: Hashable {
        var kind: TimerChange.Kind
        var subject: String
    }

    private(set) var changes: [TimerChange] = []
    private var positions: [Name: Int] = [:]

    mutating func set(_ kind: TimerChange.Kind, _ incident: IncidentID, at dueAt: Timestamp) {
        record(TimerChange(kind, subject: incident.rawValue, dueAt: dueAt))
    }

    mutating func cancel(_ kind: TimerChange.Kind, _ incident: IncidentID) {
        record(TimerChange(kind, subject: incident.rawValue, dueAt: nil))
    }

    /// The earliest end of a window counts: whatever is still covered then is held again.
    mutating func setWindowEnd(_ window: WindowID, at dueAt: Timestamp) {
        let name = Name(kind: .windowEnd, subject: window.rawValue)
        if let position = positions[name], let known = changes[position].dueAt, known <= dueAt { return }
        record(TimerChange(.windowEnd, subject: window.rawValue, dueAt: dueAt))
    }

    private mutating func record(_ change: TimerChange) {
        let name = Name(kind: change.kind, subject: change.subject)
        if let position = positions[name] {
            changes[position] = change
        } else {
            positions[name] = changes.count
            changes.append(change)
        }
    }
}
