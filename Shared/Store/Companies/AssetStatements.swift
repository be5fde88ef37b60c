import Domain
import Postgres

/// A new asset. No row when the company has one of this name.
struct InsertAsset: Statement {
    var companyID: CompanyID
    var id: AssetID
    var draft: AssetDraft
    var now: Timestamp

    typealias Row = AssetRecord
    static let name = "insert_asset"
    static let sql = """
        INSERT INTO asset (company_id, id, name, kind, critical, instance_id, depends_on, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
        ON CONFLICT (company_id, name) DO NOTHING
        RETURNING \(AssetRecord.selection)
        """
    static let parameters: [PostgresType] = [.text, .text, .text, .text, .bool, .text, .textArray, .timestamptz]
    static let columns = AssetRecord.columns

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(id.rawValue)
        draft.bind(&bindings)
        bindings.instant(now)
    }
    static func decode(_ row: inout RowReader) throws -> AssetRecord { try AssetRecord(&row) }
}

/// Assets of a company by name.
struct ListAssets: Statement {
    var companyID: CompanyID
    /// Part of the name, any case.
    var text: String?
    var after: String?
    var limit: Int

    typealias Row = AssetRecord
    static let name = "list_assets"
    static let sql = """
        SELECT \(AssetRecord.selection) FROM asset
        WHERE company_id = $1 AND ($2::text IS NULL OR name > $2) AND ($3::text IS NULL OR name ILIKE $3)
        ORDER BY name LIMIT $4
        """
    static let parameters: [PostgresType] = [.text, .text, .text, .int8]
    static let columns = AssetRecord.columns

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(after)
        bindings.text(text.map(LikePattern.containing))
        bindings.int(limit)
    }
    static func decode(_ row: inout RowReader) throws -> AssetRecord { try AssetRecord(&row) }
}

/// An asset by its id, locked; row-level security decides whether it is seen.
struct LockAsset: Statement {
    var id: AssetID

    typealias Row = AssetRecord
    static let name = "lock_asset"
    static let sql = """
        SELECT \(AssetRecord.selection) FROM asset
        WHERE company_id = ANY ((SELECT aw_companies())::text[]) AND id = $1 FOR UPDATE
        """
    static let parameters: [PostgresType] = [.text]
    static let columns = AssetRecord.columns

    func bind(_ bindings: inout Bindings) { bindings.text(id.rawValue) }
    static func decode(_ row: inout RowReader) throws -> AssetRecord { try AssetRecord(&row) }
}

struct SaveAsset: Statement {
    var companyID: CompanyID
    var id: AssetID
    var draft: AssetDraft
    var now: Timestamp

    typealias Row = AssetRecord
    static let name = "save_asset"
    static let sql = """
        UPDATE asset SET name = $3, kind = $4, critical = $5, instance_id = $6, depends_on = $7, updated_at = $8,
            version = version + 1
        WHERE company_id = $1 AND id = $2
            AND NOT EXISTS (SELECT FROM asset o WHERE o.company_id = $1 AND o.name = $3 AND o.id <> $2)
        RETURNING \(AssetRecord.selection)
        """
    static let parameters = InsertAsset.parameters
    static let columns = AssetRecord.columns

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(id.rawValue)
        draft.bind(&bindings)
        bindings.instant(now)
    }
    static func decode(_ row: inout RowReader) throws -> AssetRecord { try AssetRecord(&row) }
}

/// Which of the ids are assets of the company.
struct KnownAssets: Statement {
    var companyID: CompanyID
    var ids: [AssetID]

    typealias Row = String
    static let name = "known_assets"
    static let sql = "SELECT id FROM asset WHERE company_id = $1 AND id = ANY ($2)"
    static let parameters: [PostgresType] = [.text, .textArray]
    static let columns = [Column("id", .text)]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.textArray(ids.map(\.rawValue))
    }
    static func decode(_ row: inout RowReader) throws -> String { try row.text() }
}

extension AssetDraft {
    fileprivate func bind(_ bindings: inout Bindings) {
        bindings.text(name)
        bindings.text(kind)
        bindings.bool(isCritical)
        bindings.text(instanceID)
        bindings.textArray(dependsOn.map(\.rawValue))
    }
}
