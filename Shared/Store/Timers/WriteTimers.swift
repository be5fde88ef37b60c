import Domain
import Postgres

/// Sets, moves and cancels timers. A moved timer loses its lease, so that a holder that is still at work finds its fence
/// broken. A `window_end` that is due earlier stays.
struct WriteTimers: Statement {
    var companyID: CompanyID
    var changes: [TimerChange]

    typealias Row = Void
    static let name = "write_timers"
    static let sql = """
        WITH change AS (
            SELECT * FROM unnest($2::text[], $3::text[], $4::timestamptz[]) AS c (kind, subject, due_at)
        ), cancelled AS (
            DELETE FROM timer t USING change c
            WHERE c.due_at IS NULL AND t.company_id = $1 AND t.kind = c.kind AND t.subject = c.subject
        )
        INSERT INTO timer (company_id, kind, subject, due_at)
        SELECT $1, kind, subject, due_at FROM change WHERE due_at IS NOT NULL
        ON CONFLICT (company_id, kind, subject) DO UPDATE SET
            due_at = CASE WHEN excluded.kind = 'window_end' THEN least(timer.due_at, excluded.due_at)
                ELSE excluded.due_at END,
            lease_until = NULL, lease_holder = NULL, fence = timer.fence + 1, attempts = 0, last_error = NULL
        WHERE timer.due_at <> excluded.due_at OR timer.lease_until IS NOT NULL
        """
    static let parameters: [PostgresType] = [.text, .textArray, .textArray, .timestamptzArray]

    func bind(_ bindings: inout Bindings) {
        // The last change of a timer counts; one statement may touch a row once.
        var last: [String: TimerChange] = [:]
        for change in changes { last[change.kind.rawValue + "|" + change.subject] = change }
        let settled = last.values.sorted { ($0.kind.rawValue, $0.subject) < ($1.kind.rawValue, $1.subject) }
        bindings.text(companyID.rawValue)
        bindings.textArray(settled.map(\.kind.rawValue))
        bindings.textArray(settled.map(\.subject))
        bindings.instantArray(settled.map(\.dueAt))
    }
}
