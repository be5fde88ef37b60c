import Domain
import Postgres

/// The append-only record of every change.
public enum Journal {
    /// Writes rows in the caller's transaction, in order. Publish the entries after the commit.
    public static func append(
        _ drafts: [JournalDraft], in transaction: some Querying, now: Timestamp
    ) async throws -> [JournalEntry] {
        guard !drafts.isEmpty else { return [] }
        let sequences = try await transaction.query(InsertJournal(drafts: drafts, now: now))
        return zip(sequences, drafts).map { JournalEntry(sequence: $0, draft: $1) }
    }
}

/// Journal rows, numbered in the order given.
struct InsertJournal: Statement {
    var drafts: [JournalDraft]
    var now: Timestamp

    typealias Row = Int64
    static let name = "insert_journal"
    static let sql = """
        WITH numbered AS (
            SELECT n, nextval('journal_sequence') AS sequence, company, kind, actor, subject_kind, subject_id, incident,
                internal, summary, reason, data, trace
            FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[],
                $8::text[], $9::text[], $10::jsonb[], $11::text[]) WITH ORDINALITY
                AS d (company, kind, actor, subject_kind, subject_id, incident, internal, summary, reason, data, trace, n)
            ORDER BY n
        ), written AS (
            INSERT INTO journal (company_id, sequence, day, at, kind, actor, subject_kind, subject_id, incident_id,
                internal, summary, reason, data, trace)
            SELECT company, sequence, ($12::timestamptz AT TIME ZONE 'UTC')::date, $12, kind, actor, subject_kind,
                subject_id, incident, internal, summary, reason, data, trace
            FROM numbered
            RETURNING sequence
        )
        SELECT sequence FROM written ORDER BY sequence
        """
    static let parameters: [PostgresType] = [
        .textArray, .textArray, .textArray, .textArray, .textArray, .textArray, .boolArray, .textArray, .textArray,
        .jsonbArray, .textArray, .timestamptz,
    ]
    static let columns = [Column("sequence", .int8)]

    func bind(_ bindings: inout Bindings) {
        bindings.textArray(drafts.map(\.companyID.rawValue))
        bindings.textArray(drafts.map(\.kind))
        bindings.textArray(drafts.map(\.actor.text))
        bindings.textArray(drafts.map(\.subjectKind))
        bindings.textArray(drafts.map(\.subjectID))
        bindings.textArray(drafts.map { $0.incidentID?.rawValue })
        bindings.boolArray(drafts.map(\.isInternal))
        bindings.textArray(drafts.map(\.summary))
        bindings.textArray(drafts.map(\.reason))
        bindings.jsonbArray(drafts.map(\.data))
        bindings.textArray(drafts.map(\.trace))
        bindings.instant(now)
    }

    static func decode(_ row: inout RowReader) throws -> Int64 { try row.int8() }
}
