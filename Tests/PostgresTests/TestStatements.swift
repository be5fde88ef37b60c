import Foundation

@testable import Postgres

/// `SELECT $1 + 1`.
struct Increment: Statement {
    let value: Int
    static let name = "increment"
    static let sql = "SELECT $1 + 1 AS next"
    static let parameters: [PostgresType] = [.int8]
    static let columns = [Column("next", .int8)]
    func bind(_ bindings: inout Bindings) { bindings.int(value) }
    static func decode(_ row: inout RowReader) throws -> Int { try row.int() }
}

struct Sleep: Statement {
    let seconds: Double
    static let name = "sleep"
    static let sql = "SELECT pg_sleep($1)"
    static let parameters: [PostgresType] = [.float8]
    typealias Row = Void
    func bind(_ bindings: inout Bindings) { bindings.float8(seconds) }
}

struct BackendPID: Statement {
    static let name = "backend_pid"
    static let sql = "SELECT pg_backend_pid() AS pid"
    static let parameters: [PostgresType] = []
    static let columns = [Column("pid", .int4)]
    func bind(_ bindings: inout Bindings) {}
    static func decode(_ row: inout RowReader) throws -> Int32 { try row.int4() }
}

struct TerminateBackend: Statement {
    let pid: Int32
    static let name = "terminate_backend"
    static let sql = "SELECT pg_terminate_backend($1, 5000) AS done"
    static let parameters: [PostgresType] = [.int4]
    static let columns = [Column("done", .bool)]
    func bind(_ bindings: inout Bindings) { bindings.int4(pid) }
    static func decode(_ row: inout RowReader) throws -> Bool { try row.bool() }
}

/// How many connections run the sleep statement for `seconds`.
struct RunningSleeps: Statement {
    let pid: Int32
    static let name = "running_sleeps"
    static let sql = """
        SELECT count(*) AS n FROM pg_stat_activity
        WHERE pid = $1 AND state = 'active' AND wait_event = 'PgSleep'
        """
    static let parameters: [PostgresType] = [.int4]
    static let columns = [Column("n", .int8)]
    func bind(_ bindings: inout Bindings) { bindings.int4(pid) }
    static func decode(_ row: inout RowReader) throws -> Int { try row.int() }
}

struct CurrentSetting: Statement {
    let setting: String
    static let name = "current_setting"
    static let sql = "SELECT current_setting($1, true) AS value"
    static let parameters: [PostgresType] = [.text]
    static let columns = [Column("value", .text)]
    func bind(_ bindings: inout Bindings) { bindings.text(setting) }
    static func decode(_ row: inout RowReader) throws -> String? { try row.textOrNil() }
}

struct Notify: Statement {
    let channel: String
    let payload: String
    static let name = "notify"
    static let sql = "SELECT pg_notify($1, $2)"
    static let parameters: [PostgresType] = [.text, .text]
    typealias Row = Void
    func bind(_ bindings: inout Bindings) {
        bindings.text(channel)
        bindings.text(payload)
    }
}

/// Reads the notes of one test, all of which share a table.
struct CountNotes: Statement {
    let topic: String
    static let name = "count_notes"
    static let sql = "SELECT count(*) AS n FROM notes WHERE topic = $1"
    static let parameters: [PostgresType] = [.text]
    static let columns = [Column("n", .int8)]
    func bind(_ bindings: inout Bindings) { bindings.text(topic) }
    static func decode(_ row: inout RowReader) throws -> Int { try row.int() }
}

struct InsertNotes: Statement {
    let topic: String
    let ids: [UUID]
    static let name = "insert_notes"
    static let sql = "INSERT INTO notes (topic, id) SELECT $1, unnest($2)"
    static let parameters: [PostgresType] = [.text, .uuidArray]
    typealias Row = Void
    func bind(_ bindings: inout Bindings) {
        bindings.text(topic)
        bindings.uuidArray(ids)
    }

    /// Makes the table unless it is there; safe to call from tests that run at once.
    static func makeTable(_ pool: PostgresPool) async throws {
        try await pool.script(
            """
            SELECT pg_advisory_xact_lock(4711);
            CREATE TABLE IF NOT EXISTS notes (
                id uuid CONSTRAINT notes_pkey PRIMARY KEY,
                topic text NOT NULL CONSTRAINT notes_topic_short CHECK (length(topic) < 60));
            """)
    }
}
