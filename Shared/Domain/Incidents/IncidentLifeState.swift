/// The part of an incident that people and deadlines move.
public struct IncidentLifeState: Sendable, Equatable {
    public var id: IncidentID
    public var status: IncidentStatus
    public var assignedTo: UserID?
    public var assignedAt: Timestamp?
    /// The first time that a person acknowledged it; kept when it is reopened.
    public var acknowledgedAt: Timestamp?
    /// When the response clock stopped: the first acknowledgement, assignment or resolution. Kept when it is reopened.
    public var firstRespondedAt: Timestamp?
    public var resolvedAt: Timestamp?
    /// Nil while unresolved and when it resolved by itself.
    public var resolvedBy: UserID?
    public var resolutionNotes: String?
    /// 1 technician, 2 company admin, 3 MSP admin.
    public var escalationLevel: Int
    public var mergedInto: IncidentID?
    public var closedAt: Timestamp?

    public init(
        id: IncidentID, status: IncidentStatus = .new, assignedTo: UserID? = nil, assignedAt: Timestamp? = nil,
        acknowledgedAt: Timestamp? = nil, firstRespondedAt: Timestamp? = nil, resolvedAt: Timestamp? = nil,
        resolvedBy: UserID? = nil, resolutionNotes: String? = nil, escalationLevel: Int = 1,
        mergedInto: IncidentID? = nil, closedAt: Timestamp? = nil
    ) {
        self.id = id
        self.status = status
        self.assignedTo = assignedTo
        self.assignedAt = assignedAt
        self.acknowledgedAt = acknowledgedAt
        self.firstRespondedAt = firstRespondedAt
        self.resolvedAt = resolvedAt
        self.resolvedBy = resolvedBy
        self.resolutionNotes = resolutionNotes
        self.escalationLevel = escalationLevel
        self.mergedInto = mergedInto
        self.closedAt = closedAt
    }

    /// The survivor of a merge, with what was reached in the incident that ends: the more advanced status, its assignee
    /// when the survivor has none and it was open, the earlier acknowledgement and response, the higher level.
    ///
    /// Use the state of `source` from before the merge. A survivor that is not open keeps its status.
    public func takingOver(from source: IncidentLifeState) -> IncidentLifeState {
        var survivor = self
        survivor.status = status.moreAdvanced(source.status)
        if assignedTo == nil, source.status.isOpen {
            survivor.assignedTo = source.assignedTo
            survivor.assignedAt = source.assignedAt
            if survivor.assignedTo != nil, survivor.status.isOpen { survivor.status = .inProgress }
        }
        survivor.acknowledgedAt = Self.earlier(acknowledgedAt, source.acknowledgedAt)
        survivor.firstRespondedAt = Self.earlier(firstRespondedAt, source.firstRespondedAt)
        survivor.escalationLevel = max(escalationLevel, source.escalationLevel)
        return survivor
    }

    private static func earlier(_ left: Timestamp?, _ right: Timestamp?) -> Timestamp? {
        guard let left, let right else { return left ?? right }
        return min(left, right)
    }
}

extension IncidentStatus {
    /// Of two open statuses the one further on (`new < acknowledged < in_progress`); else this one.
    func moreAdvanced(_ other: IncidentStatus) -> IncidentStatus {
        let order: [IncidentStatus] = [.new, .acknowledged, .inProgress]
        guard let mine = order.firstIndex(of: self), let theirs = order.firstIndex(of: other) else { return self }
        return order[max(mine, theirs)]
    }
}
