import Domain
import Postgres

/// A change of a setting or a person as the journal keeps it: `data` is `{before, after}` with the fields that differ.
struct ChangeRecord {
    var companyID: CompanyID
    var kind: String
    var actor: Actor
    var subjectKind: String
    var subjectID: String
    var summary: String
    var reason: String? = nil
    var before: JSONValue = .null
    var after: JSONValue = .null
    var isInternal = false

    /// Writes it in the caller's transaction.
    func append(in transaction: some Querying, now: Timestamp) async throws -> [JournalEntry] {
        try await Journal.append([draft], in: transaction, now: now)
    }

    var draft: JournalDraft {
        JournalDraft(
            companyID: companyID, kind: kind, actor: actor, subjectKind: subjectKind, subjectID: subjectID,
            isInternal: isInternal, summary: summary, reason: reason, data: data.bytes)
    }

    private var data: JSONValue {
        switch (before, after) {
        case (.null, .null): [:]
        case (.null, _): ["after": after]
        case (_, .null): ["before": before]
        case (.object(let old), .object(let new)):
            [
                "before": .object(old.filter { new[$0.key] != $0.value }),
                "after": .object(new.filter { old[$0.key] != $0.value }),
            ]
        default: ["before": before, "after": after]
        }
    }
}

/// Tells every process, when the transaction commits, that settings of a company changed. Only a hint: they also look
/// by themselves.
struct NotifySettings: Statement {
    var companyID: CompanyID

    typealias Row = Void
    static let name = "notify_settings"
    static let sql = "SELECT pg_notify('aw_settings', $1)"
    static let parameters: [PostgresType] = [.text]
    static let columns = [Column("pg_notify", .void)]

    func bind(_ bindings: inout Bindings) { bindings.text(companyID.rawValue) }
}
