import Domain
import Postgres

/// A position in the journal that is safe to go on from: everything before it has been seen, whatever commits later.
///
/// Ordered by the transaction that wrote a row, then by the row's sequence.
public struct JournalCursor: Sendable, Hashable, Comparable {
    /// The 64-bit transaction id (`xid8`).
    public var transactionID: UInt64
    public var sequence: Int64

    public init(transactionID: UInt64, sequence: Int64) {
        self.transactionID = transactionID
        self.sequence = sequence
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.transactionID, left.sequence) < (right.transactionID, right.sequence)
    }

    /// `<transaction>-<sequence>`, as the API shows it.
    public var text: String { "\(transactionID)-\(sequence)" }

    /// Nil for anything else than what ``text`` gives.
    public init?(text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let transaction = UInt64(parts[0]), let sequence = Int64(parts[1]), sequence >= 0,
            transaction <= UInt64(Int64.max)
        else { return nil }
        self.init(transactionID: transaction, sequence: sequence)
    }
}

/// A journal row as a reader sees it.
public struct JournalRow: Sendable, Equatable {
    public var cursor: JournalCursor
    public var entry: JournalEntry
    public var at: Timestamp
}

/// Rows after a cursor and below the oldest transaction still running, so that a slow writer's rows are never skipped by
/// who goes on from the last row's cursor.
///
/// Row-level security limits them to the companies that the transaction may see.
public struct ReadJournalAfter: Statement {
    public var cursor: JournalCursor
    /// Nil: all that the transaction may see.
    public var companyIDs: [CompanyID]?
    public var limit: Int
    /// Also rows beside and above the transactions still running. Their cursors are no place to go on from.
    public var includesUnsettled: Bool

    public init(cursor: JournalCursor, companyIDs: [CompanyID]? = nil, limit: Int, includesUnsettled: Bool = false) {
        self.cursor = cursor
        self.companyIDs = companyIDs
        self.limit = limit
        self.includesUnsettled = includesUnsettled
    }

    public typealias Row = JournalRow
    public static let name = "read_journal_after"
    public static let sql = """
        SELECT transaction_id::text::bigint AS transaction_id, sequence, company_id, at, kind, actor, subject_kind,
            subject_id, incident_id, internal, summary, reason, data, trace
        FROM journal
        WHERE (transaction_id, sequence) > ($1::bigint::text::xid8, $2)
            AND ($5 OR transaction_id < pg_snapshot_xmin(pg_current_snapshot()))
            AND ($3::text[] IS NULL OR company_id = ANY ($3))
        ORDER BY transaction_id, sequence
        LIMIT $4
        """
    public static let parameters: [PostgresType] = [.int8, .int8, .textArray, .int8, .bool]
    public static let columns = [
        Column("transaction_id", .int8), Column("sequence", .int8), Column("company_id", .text),
        Column("at", .timestamptz), Column("kind", .text), Column("actor", .text), Column("subject_kind", .text),
        Column("subject_id", .text), Column("incident_id", .text), Column("internal", .bool),
        Column("summary", .text), Column("reason", .text), Column("data", .jsonb), Column("trace", .text),
    ]

    public func bind(_ bindings: inout Bindings) {
        bindings.int8(Int64(clamping: cursor.transactionID))
        bindings.int8(cursor.sequence)
        if let companyIDs { bindings.textArray(companyIDs.map(\.rawValue)) } else { bindings.null() }
        bindings.int(limit)
        bindings.bool(includesUnsettled)
    }

    public static func decode(_ row: inout RowReader) throws -> JournalRow {
        let transaction = UInt64(try row.int8())
        let sequence = try row.int8()
        let company = CompanyID(try row.text())
        let at = try row.instant()
        let draft = JournalDraft(
            companyID: company, kind: try row.text(), actor: Actor(text: try row.text()),
            subjectKind: try row.text(), subjectID: try row.text(),
            incidentID: try row.textOrNil().map { IncidentID($0) }, isInternal: try row.bool(),
            summary: try row.text(), reason: try row.textOrNil(), data: try row.jsonb(), trace: try row.text())
        return JournalRow(
            cursor: JournalCursor(transactionID: transaction, sequence: sequence),
            entry: JournalEntry(sequence: sequence, draft: draft), at: at)
    }
}

/// The safe horizon: every row before it is visible, whatever commits later.
public struct ReadJournalHorizon: Statement {
    public init() {}

    public typealias Row = JournalCursor
    public static let name = "read_journal_horizon"
    public static let sql = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon"
    public static let parameters: [PostgresType] = []
    public static let columns = [Column("horizon", .int8)]

    public func bind(_ bindings: inout Bindings) {}

    public static func decode(_ row: inout RowReader) throws -> JournalCursor {
        JournalCursor(transactionID: UInt64(try row.int8()), sequence: 0)
    }
}
