import Domain
import Postgres

/// Brings the schema up to date, by command only, and checks it at every start.
public struct Migrator: Sendable {
    /// How the database stands against this version of the software.
    public struct Status: Sendable, Equatable {
        public var applied: [String]
        public var pending: [String]
        public var changed: [String]
        public var unknown: [String]

        public var error: MigrationError? {
            if let name = changed.first { return .changed(name) }
            if !unknown.isEmpty { return .unknown(unknown) }
            if !pending.isEmpty { return .pending(pending) }
            return nil
        }
    }

    private let pool: PostgresPool
    private let migrations: [Migration]

    public init(pool: PostgresPool, migrations: [Migration] = Migration.all) {
        self.pool = pool
        self.migrations = migrations
    }

    public func status() async throws -> Status {
        let known = try await pool.first(HasMigrationTable()) ?? false
        return status(of: known ? try await pool.query(ReadMigrations()) : [])
    }

    /// - Throws: ``MigrationError`` when this program must not run on the database.
    public func verify() async throws {
        if let error = try await status().error { throw error }
    }

    /// Applies what is missing, each in a transaction of its own, under an advisory lock: of several at once one works
    /// and the others find nothing left to do.
    ///
    /// - Parameter report: Told the name of each one before it is applied.
    /// - Returns: The names of those applied now.
    /// - Throws: ``MigrationError`` when what is there does not fit, and nothing is applied then.
    public func apply(report: @Sendable (String) -> Void = { _ in }) async throws -> [String] {
        try await pool.withConnection { connection in
            try await connection.executeScript(
                """
                SELECT pg_advisory_lock(4242000);
                CREATE TABLE IF NOT EXISTS schema_migration (
                    version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,
                    applied_at timestamptz NOT NULL DEFAULT clock_timestamp());
                """)
            do {
                let applied = try await applyMissing(on: connection, report: report)
                try await connection.executeScript("SELECT pg_advisory_unlock(4242000)")
                return applied
            } catch {
                try? await connection.executeScript("ROLLBACK; RESET ROLE; SELECT pg_advisory_unlock_all()")
                throw error
            }
        }
    }

    private func applyMissing(on connection: Connection, report: @Sendable (String) -> Void) async throws -> [String] {
        let status = status(of: try await connection.query(ReadMigrations()))
        if let name = status.changed.first { throw MigrationError.changed(name) }
        if !status.unknown.isEmpty { throw MigrationError.unknown(status.unknown) }
        for migration in migrations where status.pending.contains(migration.name) {
            report(migration.name)
            try await connection.executeScript("BEGIN;\n" + migration.sql)
            _ = try await connection.execute(
                RecordMigration(version: migration.version, name: migration.name, checksum: migration.checksum))
            try await connection.executeScript(
                "GRANT SELECT ON schema_migration TO aw_worker, aw_console; COMMIT")
        }
        return status.pending
    }

    private func status(of rows: [ReadMigrations.Row]) -> Status {
        let applied = Dictionary(rows.map { ($0.version, $0) }, uniquingKeysWith: { first, _ in first })
        let known = Set(migrations.map(\.version))
        return Status(
            applied: migrations.filter { applied[$0.version] != nil }.map(\.name),
            pending: migrations.filter { applied[$0.version] == nil }.map(\.name),
            changed: migrations.filter { migration in
                applied[migration.version].map { $0.checksum != migration.checksum } ?? false
            }.map(\.name),
            unknown: rows.filter { !known.contains($0.version) }.map(\.name))
    }
}

struct HasMigrationTable: Statement {
    typealias Row = Bool
    static let name = "has_migration_table"
    static let sql = "SELECT to_regclass('public.schema_migration') IS NOT NULL AS present"
    static let parameters: [PostgresType] = []
    static let columns = [Column("present", .bool)]

    func bind(_ bindings: inout Bindings) {}

    static func decode(_ row: inout RowReader) throws -> Bool { try row.bool() }
}

struct ReadMigrations: Statement {
    typealias Row = (version: Int, name: String, checksum: String)
    static let name = "read_migrations"
    static let sql = "SELECT version, name, checksum FROM schema_migration ORDER BY version"
    static let parameters: [PostgresType] = []
    static let columns = [Column("version", .int4), Column("name", .text), Column("checksum", .text)]

    func bind(_ bindings: inout Bindings) {}

    static func decode(_ row: inout RowReader) throws -> Row {
        (version: try row.int(), name: try row.text(), checksum: try row.text())
    }
}

struct RecordMigration: Statement {
    var version: Int
    var name: String
    var checksum: String

    typealias Row = Void
    static let name = "record_migration"
    static let sql = "INSERT INTO schema_migration (version, name, checksum) VALUES ($1, $2, $3)"
    static let parameters: [PostgresType] = [.int4, .text, .text]

    func bind(_ bindings: inout Bindings) {
        bindings.int4(Int32(clamping: version))
        bindings.text(name)
        bindings.text(checksum)
    }
}
