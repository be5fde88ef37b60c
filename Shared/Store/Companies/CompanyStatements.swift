import Domain
import Postgres

/// A new company with its rate bucket (full) and its correlation lane. No row when the id is taken.
struct InsertCompany: Statement {
    var id: CompanyID
    var name: String
    var settings: CompanySettings
    var now: Timestamp

    typealias Row = String
    static let name = "insert_company"
    static let sql = """
        WITH made AS (
            INSERT INTO company (company_id, name, rate_per_minute, rate_burst, correlation, sla, assignment,
                notifications, priority, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
            ON CONFLICT (company_id) DO NOTHING
            RETURNING company_id, rate_burst
        ), bucket AS (
            INSERT INTO rate_bucket (company_id, tokens, updated_at) SELECT company_id, rate_burst, $10 FROM made
        ), lane AS (
            INSERT INTO correlation_lane (company_id) SELECT company_id FROM made
        )
        SELECT company_id FROM made
        """
    static let parameters: [PostgresType] = [
        .text, .text, .int4, .int4, .jsonb, .jsonb, .jsonb, .jsonb, .jsonb, .timestamptz,
    ]
    static let columns = [Column("company_id", .text)]

    func bind(_ bindings: inout Bindings) {
        bindings.text(id.rawValue)
        bindings.text(name)
        settings.bind(&bindings)
        bindings.instant(now)
    }

    static func decode(_ row: inout RowReader) throws -> String { try row.text() }
}

/// The row of the provider itself, to which MSP-wide things belong. Does nothing when it is there.
struct EnsureProvider: Statement {
    var now: Timestamp

    typealias Row = Void
    static let name = "ensure_provider"
    static let sql = """
        INSERT INTO company (company_id, name, created_at, updated_at) VALUES ('_msp', 'Provider', $1, $1)
        ON CONFLICT (company_id) DO NOTHING
        """
    static let parameters: [PostgresType] = [.timestamptz]

    func bind(_ bindings: inout Bindings) { bindings.instant(now) }
}

struct ReadCompany: Statement {
    var id: CompanyID

    typealias Row = CompanyRecord
    static let name = "read_company"
    static let sql = """
        SELECT \(CompanyRecord.selection) FROM \(CompanyRecord.source)
        WHERE c.company_id = $1 AND c.company_id <> '_msp' AND c.deleted_at IS NULL
        """
    static let parameters: [PostgresType] = [.text]
    static let columns = CompanyRecord.columns

    func bind(_ bindings: inout Bindings) { bindings.text(id.rawValue) }
    static func decode(_ row: inout RowReader) throws -> CompanyRecord { try CompanyRecord(&row) }
}

/// As ``ReadCompany``, and nobody else changes it until the transaction ends.
struct LockCompany: Statement {
    var id: CompanyID

    typealias Row = CompanyRecord
    static let name = "lock_company"
    static let sql = ReadCompany.sql + " FOR UPDATE OF c"
    static let parameters: [PostgresType] = [.text]
    static let columns = CompanyRecord.columns

    func bind(_ bindings: inout Bindings) { bindings.text(id.rawValue) }
    static func decode(_ row: inout RowReader) throws -> CompanyRecord { try CompanyRecord(&row) }
}

/// Client companies in the order of their ids.
struct ListCompanies: Statement {
    /// Part of the name or id, any case; nil for all.
    var text: String?
    var after: CompanyID?
    var limit: Int

    typealias Row = CompanyRecord
    static let name = "list_companies"
    static let sql = """
        SELECT \(CompanyRecord.selection) FROM \(CompanyRecord.source)
        WHERE c.company_id = ANY ((SELECT aw_companies())::text[]) AND c.company_id <> '_msp'
            AND c.deleted_at IS NULL AND ($1::text IS NULL OR c.company_id > $1)
            AND ($2::text IS NULL OR c.name ILIKE $2 OR c.company_id ILIKE $2)
        ORDER BY c.company_id LIMIT $3
        """
    static let parameters: [PostgresType] = [.text, .text, .int8]
    static let columns = CompanyRecord.columns

    func bind(_ bindings: inout Bindings) {
        bindings.text(after?.rawValue)
        bindings.text(text.map(LikePattern.containing))
        bindings.int(limit)
    }
    static func decode(_ row: inout RowReader) throws -> CompanyRecord { try CompanyRecord(&row) }
}

/// Stores the name and all sections.
struct SaveCompany: Statement {
    var id: CompanyID
    var name: String
    var settings: CompanySettings
    var now: Timestamp

    typealias Row = Void
    static let name = "save_company"
    static let sql = """
        UPDATE company SET name = $2, rate_per_minute = $3, rate_burst = $4, correlation = $5, sla = $6,
            assignment = $7, notifications = $8, priority = $9, updated_at = $10, version = version + 1
        WHERE company_id = $1
        """
    static let parameters = InsertCompany.parameters

    func bind(_ bindings: inout Bindings) {
        bindings.text(id.rawValue)
        bindings.text(name)
        settings.bind(&bindings)
        bindings.instant(now)
    }
}

/// Marks a company as gone. Its rows stay for the record; no key of it works any more.
struct DeleteCompany: Statement {
    var id: CompanyID
    var now: Timestamp

    typealias Row = Void
    static let name = "delete_company"
    static let sql = """
        WITH keys AS (UPDATE integration SET enabled = false, version = version + 1 WHERE company_id = $1)
        UPDATE company SET deleted_at = $2, updated_at = $2, version = version + 1 WHERE company_id = $1
        """
    static let parameters: [PostgresType] = [.text, .timestamptz]

    func bind(_ bindings: inout Bindings) {
        bindings.text(id.rawValue)
        bindings.instant(now)
    }
}
