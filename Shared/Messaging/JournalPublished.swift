import Domain

/// Journal rows of one company that were committed together. Topic `kind.company` is that of the first.
///
/// Carries what a reader needs to decide whether it cares; the change itself is read from the database.
public struct JournalPublished: MessagePayload {
    public static let type = "journal.published"
    public static let version = 1

    public struct Entry: Sendable, Codable, Equatable {
        /// The row's sequence: readers drop repeats by it.
        public var id: Int64
        public var kind: String
        public var subjectKind: String
        public var subjectID: String
        public var incidentID: String?
        public var isInternal: Bool

        public init(
            id: Int64, kind: String, subjectKind: String, subjectID: String, incidentID: String?, isInternal: Bool
        ) {
            self.id = id
            self.kind = kind
            self.subjectKind = subjectKind
            self.subjectID = subjectID
            self.incidentID = incidentID
            self.isInternal = isInternal
        }

        enum CodingKeys: String, CodingKey {
            case id, kind
            case subjectKind = "subject_kind"
            case subjectID = "subject_id"
            case incidentID = "incident_id"
            case isInternal = "internal"
        }
    }

    public var entries: [Entry]

    public init(entries: [Entry]) {
        self.entries = entries
    }
}
