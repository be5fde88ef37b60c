import Domain
import Foundation
import Postgres

/// A maintenance window as it is stored.
public struct MaintenanceWindowRecord: Sendable, Equatable {
    public var companyID: CompanyID
    public var window: MaintenanceWindow
    public var version: Int64
    /// `user:<id>` and the like.
    public var createdBy: String
    public var createdAt: Timestamp
    public var updatedAt: Timestamp

    static let selection = "company_id, definition, version, created_by, created_at, updated_at"
    static let columns = [
        Column("company_id", .text), Column("definition", .jsonb), Column("version", .int8),
        Column("created_by", .text), Column("created_at", .timestamptz), Column("updated_at", .timestamptz),
    ]

    init(_ row: inout RowReader) throws {
        companyID = CompanyID(try row.text())
        window = try JSONDecoder().decode(MaintenanceWindow.self, from: Data(try row.jsonb()))
        version = try row.int8()
        createdBy = try row.text()
        createdAt = try row.instant()
        updatedAt = try row.instant()
    }
}

struct InsertMaintenanceWindow: Statement {
    var companyID: CompanyID
    var window: MaintenanceWindow
    var actor: Actor
    var now: Timestamp

    typealias Row = MaintenanceWindowRecord
    static let name = "insert_maintenance_window"
    static let sql = """
        INSERT INTO maintenance_window (company_id, id, definition, created_by, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $5) RETURNING \(MaintenanceWindowRecord.selection)
        """
    static let parameters: [PostgresType] = [.text, .text, .jsonb, .text, .timestamptz]
    static let columns = MaintenanceWindowRecord.columns

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(window.id.rawValue)
        bindings.jsonb(JournalDraft.json(window))
        bindings.text(actor.text)
        bindings.instant(now)
    }
    static func decode(_ row: inout RowReader) throws -> MaintenanceWindowRecord { try MaintenanceWindowRecord(&row) }
}

/// Windows of a company in the order in which they were made.
struct ListMaintenanceWindows: Statement {
    var companyID: CompanyID
    var after: WindowID?
    var limit: Int

    typealias Row = MaintenanceWindowRecord
    static let name = "list_maintenance_windows"
    static let sql = """
        SELECT \(MaintenanceWindowRecord.selection) FROM maintenance_window
        WHERE company_id = $1 AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3
        """
    static let parameters: [PostgresType] = [.text, .text, .int8]
    static let columns = MaintenanceWindowRecord.columns

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(after?.rawValue)
        bindings.int(limit)
    }
    static func decode(_ row: inout RowReader) throws -> MaintenanceWindowRecord { try MaintenanceWindowRecord(&row) }
}

/// A window by its id; row-level security decides whether it is seen.
struct ReadMaintenanceWindow: Statement {
    var id: WindowID

    typealias Row = MaintenanceWindowRecord
    static let name = "read_maintenance_window"
    static let sql = """
        SELECT \(MaintenanceWindowRecord.selection) FROM maintenance_window
        WHERE company_id = ANY ((SELECT aw_companies())::text[]) AND id = $1
        """
    static let parameters: [PostgresType] = [.text]
    static let columns = MaintenanceWindowRecord.columns

    func bind(_ bindings: inout Bindings) { bindings.text(id.rawValue) }
    static func decode(_ row: inout RowReader) throws -> MaintenanceWindowRecord { try MaintenanceWindowRecord(&row) }
}

/// As ``ReadMaintenanceWindow``, and nobody else changes it until the transaction ends.
struct LockMaintenanceWindow: Statement {
    var id: WindowID

    typealias Row = MaintenanceWindowRecord
    static let name = "lock_maintenance_window"
    static let sql = ReadMaintenanceWindow.sql + " FOR UPDATE"
    static let parameters: [PostgresType] = [.text]
    static let columns = MaintenanceWindowRecord.columns

    func bind(_ bindings: inout Bindings) { bindings.text(id.rawValue) }
    static func decode(_ row: inout RowReader) throws -> MaintenanceWindowRecord { try MaintenanceWindowRecord(&row) }
}

struct SaveMaintenanceWindow: Statement {
    var companyID: CompanyID
    var window: MaintenanceWindow
    var now: Timestamp

    typealias Row = MaintenanceWindowRecord
    static let name = "save_maintenance_window"
    static let sql = """
        UPDATE maintenance_window SET definition = $3, updated_at = $4, version = version + 1
        WHERE company_id = $1 AND id = $2 RETURNING \(MaintenanceWindowRecord.selection)
        """
    static let parameters: [PostgresType] = [.text, .text, .jsonb, .timestamptz]
    static let columns = MaintenanceWindowRecord.columns

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(window.id.rawValue)
        bindings.jsonb(JournalDraft.json(window))
        bindings.instant(now)
    }
    static func decode(_ row: inout RowReader) throws -> MaintenanceWindowRecord { try MaintenanceWindowRecord(&row) }
}

struct DeleteMaintenanceWindow: Statement {
    var companyID: CompanyID
    var id: WindowID

    typealias Row = Void
    static let name = "delete_maintenance_window"
    static let sql = "DELETE FROM maintenance_window WHERE company_id = $1 AND id = $2"
    static let parameters: [PostgresType] = [.text, .text]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(id.rawValue)
    }
}
