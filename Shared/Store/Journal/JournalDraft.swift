import Domain
import Foundation
import Messaging

/// Who did something.
public struct Actor: Sendable, Equatable {
    /// `user:<id>`, `service:<name>`, `token:<id>`, `operator` or `anonymous`.
    public var text: String

    public static func user(_ id: UserID) -> Actor { Actor(text: "user:\(id)") }
    public static func service(_ name: String) -> Actor { Actor(text: "service:\(name)") }
    /// Someone with access to the database itself: the `aw` command.
    public static let `operator` = Actor(text: "operator")
    public static let anonymous = Actor(text: "anonymous")

    public init(text: String) { self.text = text }
}

/// A journal row to be written in the transaction of the change that it records.
public struct JournalDraft: Sendable, Equatable {
    public var companyID: CompanyID
    /// `incident.opened`, `company.updated`, `sign_in.failed`.
    public var kind: String
    public var actor: Actor
    public var subjectKind: String
    public var subjectID: String
    public var incidentID: IncidentID?
    /// Never shown to clients.
    public var isInternal: Bool
    /// One sentence for people.
    public var summary: String
    public var reason: String?
    /// A JSON object: before, after, figures. No secret.
    public var data: [UInt8]
    public var trace: String

    public init(
        companyID: CompanyID, kind: String, actor: Actor, subjectKind: String, subjectID: String,
        incidentID: IncidentID? = nil, isInternal: Bool = false, summary: String, reason: String? = nil,
        data: [UInt8] = Array("{}".utf8), trace: String = ""
    ) {
        self.companyID = companyID
        self.kind = kind
        self.actor = actor
        self.subjectKind = subjectKind
        self.subjectID = subjectID
        self.incidentID = incidentID
        self.isInternal = isInternal
        self.summary = summary
        self.reason = reason
        self.data = data
        self.trace = trace
    }

    /// A JSON object of any encodable value; `{}` when it can't be encoded.
    public static func json(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(value)).map(Array.init) ?? Array("{}".utf8)
    }
}

/// A journal row that was written.
public struct JournalEntry: Sendable, Equatable {
    public var sequence: Int64
    public var draft: JournalDraft

    public init(sequence: Int64, draft: JournalDraft) {
        self.sequence = sequence
        self.draft = draft
    }

    /// What the bus says of it.
    public var message: JournalPublished.Entry {
        JournalPublished.Entry(
            id: sequence, kind: draft.kind, subjectKind: draft.subjectKind, subjectID: draft.subjectID,
            incidentID: draft.incidentID?.rawValue, isInternal: draft.isInternal)
    }
}
