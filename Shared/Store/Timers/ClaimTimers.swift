import Domain
import Postgres

/// A due timer that this process holds until its lease ends.
public struct ClaimedTimer: Sendable, Equatable {
    public var companyID: CompanyID
    public var kind: String
    public var subject: String
    public var dueAt: Timestamp
    /// Every write of the holder checks it.
    public var fence: Int64
    public var attempts: Int
}

/// Takes due timers that nobody holds, or whose holder has had no heartbeat for ten seconds, oldest first, for 30 seconds.
///
/// The fence keeps a holder that was only thought dead from doing anything.
public struct ClaimTimers: Statement {
    public var holder: String
    public var limit: Int

    public init(holder: String, limit: Int) {
        self.holder = holder
        self.limit = limit
    }

    public typealias Row = ClaimedTimer
    public static let name = "claim_timers"
    public static let sql = """
        UPDATE timer t SET lease_until = aw_now() + interval '30 seconds', lease_holder = $1, fence = t.fence + 1,
            attempts = t.attempts + 1
        FROM (
            SELECT company_id, kind, subject FROM timer
            WHERE due_at <= (SELECT aw_now()) AND (lease_until IS NULL OR lease_until < (SELECT aw_now())
                OR (lease_holder IS NOT NULL AND NOT EXISTS (SELECT FROM service_instance i
                    WHERE i.id = lease_holder AND i.heartbeat_at > (SELECT aw_now()) - interval '10 seconds')))
            ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
        ) due
        WHERE t.company_id = due.company_id AND t.kind = due.kind AND t.subject = due.subject
        RETURNING t.company_id, t.kind, t.subject, t.due_at, t.fence, t.attempts
        """
    public static let parameters: [PostgresType] = [.text, .int8]
    public static let columns = [
        Column("company_id", .text), Column("kind", .text), Column("subject", .text), Column("due_at", .timestamptz),
        Column("fence", .int8), Column("attempts", .int4),
    ]

    public func bind(_ bindings: inout Bindings) {
        bindings.text(holder)
        bindings.int(limit)
    }

    public static func decode(_ row: inout RowReader) throws -> ClaimedTimer {
        ClaimedTimer(
            companyID: CompanyID(try row.text()), kind: try row.text(), subject: try row.text(),
            dueAt: try row.instant(), fence: try row.int8(), attempts: try row.int())
    }
}

/// When the next timer that nobody holds is due, and the present moment of the same clock. No row when there is none.
public struct ReadNextTimer: Statement {
    public init() {}

    public typealias Row = (due: Timestamp, now: Timestamp)
    public static let name = "read_next_timer"
    public static let sql = """
        SELECT due_at AS due, (SELECT aw_now()) AS now FROM timer WHERE lease_until IS NULL ORDER BY due_at LIMIT 1
        """
    public static let parameters: [PostgresType] = []
    public static let columns = [Column("due", .timestamptz), Column("now", .timestamptz)]

    public func bind(_ bindings: inout Bindings) {}

    public static func decode(_ row: inout RowReader) throws -> Row {
        (due: try row.instant(), now: try row.instant())
    }
}

/// Takes away timers that fired, where their fence still holds; the rows are those that did.
struct FinishTimers: Statement {
    var companyID: CompanyID
    var timers: [ClaimedTimer]

    typealias Row = (kind: String, subject: String)
    static let name = "finish_timers"
    static let sql = """
        DELETE FROM timer t USING unnest($2::text[], $3::text[], $4::bigint[]) AS f (kind, subject, fence)
        WHERE t.company_id = $1 AND t.kind = f.kind AND t.subject = f.subject AND t.fence = f.fence
        RETURNING t.kind, t.subject
        """
    static let parameters: [PostgresType] = [.text, .textArray, .textArray, .int8Array]
    static let columns = [Column("kind", .text), Column("subject", .text)]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.textArray(timers.map(\.kind))
        bindings.textArray(timers.map(\.subject))
        bindings.int8Array(timers.map(\.fence))
    }

    static func decode(_ row: inout RowReader) throws -> Row { (kind: try row.text(), subject: try row.text()) }
}

/// A claimed timer could not be fired: it is due again after a pause, with what went wrong.
public struct PostponeTimers: Statement {
    public var timers: [ClaimedTimer]
    public var error: String

    public init(timers: [ClaimedTimer], error: String) {
        self.timers = timers
        self.error = error
    }

    public typealias Row = Void
    public static let name = "postpone_timers"
    public static let sql = """
        UPDATE timer t SET lease_until = aw_now() + make_interval(secs => least(power(2, least(t.attempts, 6)), 60)),
            lease_holder = NULL, last_error = $5
        FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS f (company, kind, subject, fence)
        WHERE t.company_id = f.company AND t.kind = f.kind AND t.subject = f.subject AND t.fence = f.fence
        """
    public static let parameters: [PostgresType] = [.textArray, .textArray, .textArray, .int8Array, .text]

    public func bind(_ bindings: inout Bindings) {
        bindings.textArray(timers.map(\.companyID.rawValue))
        bindings.textArray(timers.map(\.kind))
        bindings.textArray(timers.map(\.subject))
        bindings.int8Array(timers.map(\.fence))
        bindings.text(error)
    }
}

/// The alerts that a maintenance window kept quiet and that are still active wait for a decision again.
struct ReleaseSuppressed: Statement {
    var companyID: CompanyID
    var windowIDs: [String]

    typealias Row = Void
    static let name = "release_suppressed"
    static let sql = """
        INSERT INTO undecided_alert (company_id, alert_id, day, event_at, received_at, released_by)
        SELECT $1, a.id, a.day, a.event_at, a.received_at, i.suppressed_by
        FROM alert_identity i JOIN alert a ON a.company_id = $1 AND a.id = i.last_firing_alert
        WHERE i.company_id = $1 AND i.suppressed_by = ANY ($2) AND i.kind = 'firing'
        ON CONFLICT DO NOTHING
        """
    static let parameters: [PostgresType] = [.text, .textArray]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.textArray(windowIDs)
    }
}
