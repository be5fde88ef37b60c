/// What people, deadlines and the engine do to an incident.
public enum IncidentEvent: Sendable, Equatable {
    case acknowledge
    case assign(to: UserID)
    case unassign
    case resolve(by: UserID, notes: String?)
    case reopen
    /// The incident ends and belongs to `target` from now on.
    case merge(into: IncidentLifeState)
    case escalate
    case note(String)
    /// The reopen window is over.
    case close
}

/// Every transition of an incident: (state, event, now) → the state after it, or a refusal.
///
/// `new → acknowledged | in_progress → resolved → closed`; `merged` is an end too. Does not judge who may do it.
public enum IncidentLifecycle {
    /// Characters of a note, and of resolution notes.
    public static let maximumNoteLength = 10_000
    /// Level 3, the MSP admin.
    public static let highestLevel = 3

    /// The state after the event. A note changes nothing here; it is only allowed or refused.
    ///
    /// - Throws: ``IncidentRefusal`` when the state does not allow the event.
    public static func apply(
        _ event: IncidentEvent, to state: IncidentLifeState, now: Timestamp
    ) throws(IncidentRefusal) -> IncidentLifeState {
        var next = state
        switch event {
        case .acknowledge:
            try requireOpen(state)
            guard state.status == .new else { throw .alreadyAcknowledged }
            next.status = .acknowledged
            next.acknowledgedAt = state.acknowledgedAt ?? now
            next.firstRespondedAt = state.firstRespondedAt ?? now
        case .assign(let user):
            try requireOpen(state)
            if state.assignedTo != user { next.assignedAt = now }
            next.assignedTo = user
            next.status = .inProgress
            next.firstRespondedAt = state.firstRespondedAt ?? now
        case .unassign:
            try requireOpen(state)
            guard state.assignedTo != nil else { throw .notAssigned }
            next.assignedTo = nil
            next.assignedAt = nil
            next.status = state.acknowledgedAt == nil ? .new : .acknowledged
        case .resolve(let user, let notes):
            try requireOpen(state)
            if let notes, notes.count > maximumNoteLength { throw .textTooLong(maximum: maximumNoteLength) }
            next.status = .resolved
            next.resolvedAt = now
            next.resolvedBy = user
            next.resolutionNotes = notes
            next.firstRespondedAt = state.firstRespondedAt ?? now
        case .reopen:
            try requireResolved(state)
            next.status = state.assignedTo == nil ? .new : .inProgress
            next.resolvedAt = nil
            next.resolvedBy = nil
            next.resolutionNotes = nil
        case .merge(let target):
            try checkMerge(
                of: state.id, state.status, state.mergedInto, into: target.id, target.status, target.mergedInto)
            next.status = .merged
            next.mergedInto = target.id
        case .escalate:
            try requireOpen(state)
            guard state.escalationLevel < highestLevel else { throw .highestLevel(state.escalationLevel) }
            next.escalationLevel = state.escalationLevel + 1
        case .note(let text):
            if state.status == .merged { throw .merged(into: state.mergedInto) }
            if text.allSatisfy(\.isWhitespace) { throw .emptyNote }
            if text.count > maximumNoteLength { throw .textTooLong(maximum: maximumNoteLength) }
        case .close:
            try requireResolved(state)
            next.status = .closed
            next.closedAt = now
        }
        return next
    }

    /// Whether one incident may end in another: neither may be merged or closed, the target must be another one, and an
    /// open incident does not end in a resolved one.
    static func checkMerge(
        of source: IncidentID, _ status: IncidentStatus, _ mergedInto: IncidentID?, into target: IncidentID,
        _ targetStatus: IncidentStatus, _ targetMergedInto: IncidentID?
    ) throws(IncidentRefusal) {
        if source == target { throw .mergeIntoItself }
        if status == .merged { throw .merged(into: mergedInto) }
        if status == .closed { throw .closed }
        if targetStatus == .merged { throw .targetMerged(target, into: targetMergedInto) }
        if targetStatus == .closed { throw .targetClosed(target) }
        if status.isOpen, !targetStatus.isOpen { throw .targetResolved(target) }
    }

    private static func requireOpen(_ state: IncidentLifeState) throws(IncidentRefusal) {
        switch state.status {
        case .new, .acknowledged, .inProgress: return
        case .resolved: throw .notOpen(.resolved)
        case .closed: throw .closed
        case .merged: throw .merged(into: state.mergedInto)
        }
    }

    private static func requireResolved(_ state: IncidentLifeState) throws(IncidentRefusal) {
        switch state.status {
        case .resolved: return
        case .new, .acknowledged, .inProgress: throw .notResolved(state.status)
        case .closed: throw .closed
        case .merged: throw .merged(into: state.mergedInto)
        }
    }
}
