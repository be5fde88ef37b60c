import Domain

/// What a person does to an incident.
public enum IncidentCommand: Sendable, Equatable {
    case acknowledge
    /// The user must serve the incident's company.
    case assign(UserID)
    case unassign
    /// At most 10,000 characters of notes.
    case resolve(notes: String?)
    case reopen
    case escalate(reason: String)
    /// An internal note is never shown to clients.
    case note(String, isInternal: Bool)
    /// This incident ends and belongs to the other one, of the same company.
    case merge(into: IncidentID)
}

/// Who does it.
public struct CommandingUser: Sendable, Equatable {
    public var actor: Actor
    public var id: UserID
    /// For the timeline.
    public var name: String
    /// The companies that they may see.
    public var companies: [CompanyID]

    public init(actor: Actor, id: UserID, name: String, companies: [CompanyID]) {
        self.actor = actor
        self.id = id
        self.name = name
        self.companies = companies
    }
}
