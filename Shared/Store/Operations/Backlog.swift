import Domain
import Postgres

/// What waits to be done, and whether there is room for what comes.
public struct Backlog: Sendable, Equatable {
    public var undecidedAlerts: Int
    /// How long the oldest alert without a fate has waited; nil when none waits.
    public var oldestUndecided: Duration?
    public var dueTimers: Int
    /// How long ago the timer that is overdue longest should have fired; nil when none is due.
    public var oldestDue: Duration?
    /// The most failures of one of the due timers.
    public var mostAttempts: Int
    /// For how many days from today on, today included, every table has its partition.
    public var partitionDays: Int
    /// How long the oldest transaction has been open: journal readers can't get past it.
    public var oldestTransaction: Duration
    /// By how much tests moved the clock.
    public var clockOffset: Duration

    public init(
        undecidedAlerts: Int, oldestUndecided: Duration?, dueTimers: Int, oldestDue: Duration?, mostAttempts: Int,
        partitionDays: Int, oldestTransaction: Duration, clockOffset: Duration
    ) {
        self.undecidedAlerts = undecidedAlerts
        self.oldestUndecided = oldestUndecided
        self.dueTimers = dueTimers
        self.oldestDue = oldestDue
        self.mostAttempts = mostAttempts
        self.partitionDays = partitionDays
        self.oldestTransaction = oldestTransaction
        self.clockOffset = clockOffset
    }
}

/// One row. Counts go up to 100,000.
public struct ReadBacklog: Statement {
    public init() {}

    public typealias Row = Backlog
    public static let name = "read_backlog"
    public static let sql = """
        WITH moment AS MATERIALIZED (SELECT aw_now() AS now),
        waiting AS (
            SELECT count(*) AS n FROM (SELECT FROM undecided_alert LIMIT 100000) AS first
        ), oldest AS (
            SELECT extract(epoch FROM (SELECT now FROM moment) - min(received_at))::float8 AS age FROM undecided_alert
        ), due AS (
            SELECT count(*) AS n, max(attempts)::int8 AS attempts,
                extract(epoch FROM (SELECT now FROM moment) - min(due_at))::float8 AS age
            FROM timer WHERE due_at <= (SELECT now FROM moment)
        ), gap AS (
            SELECT min(n)::int8 AS first
            FROM generate_series(0, 60) AS n, unnest(ARRAY['alert_c0', 'alert_fate_c0', 'journal_c0']) AS parent
            WHERE to_regclass(parent || '_'
                || to_char(((SELECT now FROM moment) AT TIME ZONE 'UTC')::date + n, 'YYYYMMDD')) IS NULL
        ), transactions AS (
            SELECT extract(epoch FROM clock_timestamp() - min(xact_start))::float8 AS age
            FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL
        )
        SELECT waiting.n AS waiting, oldest.age AS oldest, due.n AS due, due.age AS overdue,
            coalesce(due.attempts, 0) AS attempts, coalesce(gap.first, 61) AS days,
            coalesce(transactions.age, 0) AS open,
            coalesce((SELECT extract(epoch FROM value)::float8 FROM clock_offset), 0) AS moved
        FROM waiting, oldest, due, gap, transactions
        """
    public static let parameters: [PostgresType] = []
    public static let columns = [
        Column("waiting", .int8), Column("oldest", .float8), Column("due", .int8), Column("overdue", .float8),
        Column("attempts", .int8), Column("days", .int8), Column("open", .float8), Column("moved", .float8),
    ]

    public func bind(_ bindings: inout Bindings) {}

    public static func decode(_ row: inout RowReader) throws -> Backlog {
        Backlog(
            undecidedAlerts: try row.int(), oldestUndecided: try row.float8OrNil().map { .seconds($0) },
            dueTimers: try row.int(), oldestDue: try row.float8OrNil().map { .seconds($0) },
            mostAttempts: try row.int(), partitionDays: try row.int(), oldestTransaction: .seconds(try row.float8()),
            clockOffset: .seconds(try row.float8()))
    }
}
