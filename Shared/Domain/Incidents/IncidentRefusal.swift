/// Why a change of an incident is not made. Trying again does not help: the incident must change first.
public enum IncidentRefusal: Error, Sendable, Equatable {
    case alreadyAcknowledged
    /// It is resolved or closed, and the change needs an open one.
    case notOpen(IncidentStatus)
    /// Only a resolved incident can be reopened or closed.
    case notResolved(IncidentStatus)
    case closed
    case merged(into: IncidentID?)
    case notAssigned
    /// The level that no escalation goes beyond.
    case highestLevel(Int)
    case mergeIntoItself
    case targetClosed(IncidentID)
    case targetMerged(IncidentID, into: IncidentID?)
    /// An open incident would vanish in one that counts as done.
    case targetResolved(IncidentID)
    case emptyNote
    /// Notes hold at most `maximum` characters.
    case textTooLong(maximum: Int)

    /// Stable, for programs.
    public var code: String {
        switch self {
        case .alreadyAcknowledged: "already_acknowledged"
        case .notOpen: "not_open"
        case .notResolved: "not_resolved"
        case .closed: "closed"
        case .merged: "merged"
        case .notAssigned: "not_assigned"
        case .highestLevel: "highest_level"
        case .mergeIntoItself: "merge_into_itself"
        case .targetClosed: "target_closed"
        case .targetMerged: "target_merged"
        case .targetResolved: "target_resolved"
        case .emptyNote: "empty_note"
        case .textTooLong: "text_too_long"
        }
    }

    /// For people: what is so, and what to do instead.
    public var message: String {
        switch self {
        case .alreadyAcknowledged: "The incident is already acknowledged."
        case .notOpen(let status): "The incident is \(status.rawValue). Reopen it first."
        case .notResolved(let status):
            "The incident is \(status.rawValue.replacing("_", with: " ")). Only a resolved incident allows this."
        case .closed: "The incident is closed for good. A new alert opens a new incident."
        case .merged(let target): "The incident was merged" + Self.see(target)
        case .notAssigned: "The incident is assigned to nobody."
        case .highestLevel(let level): "The incident is already at level \(level), the highest."
        case .mergeIntoItself: "An incident can't be merged into itself."
        case .targetClosed(let target): "\(target) is closed for good. Choose one that is open."
        case .targetMerged(let target, let next): "\(target) was merged itself" + Self.see(next)
        case .targetResolved(let target): "\(target) is resolved. Reopen it first, or merge the other way round."
        case .emptyNote: "The note is empty."
        case .textTooLong(let maximum): "The text is longer than \(maximum) characters."
        }
    }

    private static func see(_ target: IncidentID?) -> String {
        target.map { " into \($0). Work on that one." } ?? "."
    }
}
