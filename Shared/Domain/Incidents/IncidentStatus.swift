/// Where an incident is in its life: `new → acknowledged | in_progress → resolved → closed`; `merged` is an end too.
public enum IncidentStatus: String, Sendable, Codable, CaseIterable {
    case new, acknowledged
    case inProgress = "in_progress"
    case resolved, closed, merged

    /// Somebody still has to do something.
    public var isOpen: Bool {
        switch self {
        case .new, .acknowledged, .inProgress: true
        case .resolved, .closed, .merged: false
        }
    }

    /// It still owns its correlation keys: open, or resolved and within the reopen window.
    public var ownsKeys: Bool { isOpen || self == .resolved }
}
