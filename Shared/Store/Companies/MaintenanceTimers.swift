import Domain
import Postgres

/// The `window_end` timer of a maintenance window: at its end, alerts that are still firing are decided again.
enum MaintenanceTimers {
    /// Sets the timer after a window was made, changed or deleted, in the same transaction.
    ///
    /// Due at the end of the occurrence in force, else of the next one. What was kept quiet must be looked at again also
    /// when the window was switched off, moved or deleted, so then it is due at once.
    ///
    /// - Parameters:
    ///   - before: Nil for a new window.
    ///   - after: Nil for a deleted one.
    static func follow(
        companyID: CompanyID, before: MaintenanceWindow?, after: MaintenanceWindow?, now: Timestamp,
        in transaction: some Querying
    ) async throws {
        guard let window = after ?? before else { return }
        // Alerts that it still holds are looked at again now: a change may let go of them, and an end that nobody has
        // come to yet must not be lost.
        let holds = try await transaction.first(HoldsAlerts(companyID: companyID, windowID: window.id)) ?? false
        let set = UpsertTimer(
            companyID: companyID, kind: TimerChange.Kind.windowEnd.rawValue, subject: window.id.rawValue,
            dueAt: holds ? now : dueAt(before: before, after: after, now: now))
        _ = try await transaction.execute(set)
    }

    static func dueAt(before: MaintenanceWindow?, after: MaintenanceWindow?, now: Timestamp) -> Timestamp? {
        let wasInForce = before.map { $0.isEnabled && $0.occurrence(containing: now) != nil } ?? false
        guard let after, after.isEnabled else { return wasInForce ? now : nil }
        if let current = after.occurrence(containing: now) {
            // A scope that became narrower lets go of alerts now.
            return wasInForce && before?.scope != after.scope ? now : current.end
        }
        return wasInForce ? now : after.nextOccurrence(after: now)?.end
    }
}

/// Sets or moves a timer; takes it away when `dueAt` is nil. Whoever holds it loses it.
struct UpsertTimer: Statement {
    var companyID: CompanyID
    var kind: String
    var subject: String
    var dueAt: Timestamp?

    typealias Row = Void
    static let name = "upsert_timer"
    static let sql = """
        WITH gone AS (
            DELETE FROM timer WHERE company_id = $1 AND kind = $2 AND subject = $3 AND $4::timestamptz IS NULL
        )
        INSERT INTO timer (company_id, kind, subject, due_at)
        SELECT $1, $2, $3, $4 WHERE $4::timestamptz IS NOT NULL
        ON CONFLICT (company_id, kind, subject) DO UPDATE SET due_at = excluded.due_at, lease_until = NULL,
            lease_holder = NULL, fence = timer.fence + 1, attempts = 0, last_error = NULL
        """
    static let parameters: [PostgresType] = [.text, .text, .text, .timestamptz]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(kind)
        bindings.text(subject)
        bindings.instant(dueAt)
    }
}

/// Whether a maintenance window keeps an active alert quiet.
struct HoldsAlerts: Statement {
    var companyID: CompanyID
    var windowID: WindowID

    typealias Row = Bool
    static let name = "holds_alerts"
    static let sql = """
        SELECT EXISTS (SELECT FROM alert_identity
            WHERE company_id = $1 AND suppressed_by = $2 AND kind = 'firing') AS holds
        """
    static let parameters: [PostgresType] = [.text, .text]
    static let columns = [Column("holds", .bool)]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(windowID.rawValue)
    }

    static func decode(_ row: inout RowReader) throws -> Bool { try row.bool() }
}
