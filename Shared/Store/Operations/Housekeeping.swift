import Postgres

/// Makes the partitions of the next eight days of one table; the row says how many were missing.
public struct EnsurePartitions: Statement {
    /// The tables that are partitioned by day.
    public static let tables = ["alert_c0", "alert_fate_c0", "journal_c0"]

    public var table: String

    public init(table: String) { self.table = table }

    public typealias Row = Int
    public static let name = "ensure_partitions"
    public static let sql = "SELECT aw_ensure_partitions($1, (aw_now() AT TIME ZONE 'UTC')::date, 8) AS made"
    public static let parameters: [PostgresType] = [.text]
    public static let columns = [Column("made", .int4)]

    public func bind(_ bindings: inout Bindings) { bindings.text(table) }

    public static func decode(_ row: inout RowReader) throws -> Int { try row.int() }
}

/// Repeats of a request are known for a day. Takes at most ``batch`` at once, so that no transaction is long.
public struct ForgetReceivedRequests: Statement {
    public static let batch = 50_000

    public init() {}

    public typealias Row = Void
    public static let name = "forget_received_requests"
    public static let sql = """
        DELETE FROM received_request WHERE ctid IN (
            SELECT ctid FROM received_request WHERE received_at < (SELECT aw_now()) - interval '25 hours' LIMIT 50000)
        """
    public static let parameters: [PostgresType] = []

    public func bind(_ bindings: inout Bindings) {}
}

/// Answers to repeated writes of the API are kept for a day.
public struct ForgetIdempotentAnswers: Statement {
    public init() {}

    public typealias Row = Void
    public static let name = "forget_idempotent_answers"
    public static let sql = """
        DELETE FROM idempotent_answer WHERE created_at < (SELECT aw_now()) - interval '24 hours'
        """
    public static let parameters: [PostgresType] = []

    public func bind(_ bindings: inout Bindings) {}
}
