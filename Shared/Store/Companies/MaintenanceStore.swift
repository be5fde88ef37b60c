import Domain
import Postgres

/// Times in which a company expects alerts and wants no incidents of them.
public enum MaintenanceStore {
    /// Adds a window.
    ///
    /// - Throws: ``StoreRefusal/invalid(_:)`` naming what has to be mended.
    public static func create(
        _ window: MaintenanceWindow, companyID: CompanyID, actor: Actor, now: Timestamp, in transaction: some Querying
    ) async throws -> Written<MaintenanceWindowRecord> {
        try check(window)
        let insert = InsertMaintenanceWindow(companyID: companyID, window: window, actor: actor, now: now)
        guard let made = try await transaction.first(insert) else { throw StoreRefusal.notFound("company") }
        let journal = try await finish(
            "maintenance_window.created", companyID, "was added", before: nil, after: window, actor: actor, now: now,
            in: transaction)
        return Written(made, journal: journal)
    }

    /// Windows of a company, oldest first.
    public static func list(
        companyID: CompanyID, after: WindowID? = nil, limit: Int, in transaction: some Querying
    ) async throws -> [MaintenanceWindowRecord] {
        try await transaction.query(ListMaintenanceWindows(companyID: companyID, after: after, limit: limit))
    }

    /// A window that the transaction may see.
    public static func window(
        _ id: WindowID, in transaction: some Querying
    ) async throws -> MaintenanceWindowRecord? {
        try await transaction.first(ReadMaintenanceWindow(id: id))
    }

    /// Changes a window as `change` says; its id stays.
    public static func update(
        _ id: WindowID, version: Int64?, actor: Actor, now: Timestamp, in transaction: some Querying,
        change: @Sendable (MaintenanceWindow) throws -> MaintenanceWindow
    ) async throws -> Written<MaintenanceWindowRecord> {
        let old = try await lock(id, version: version, in: transaction)
        var window = try change(old.window)
        window.id = id
        try check(window)
        let save = SaveMaintenanceWindow(companyID: old.companyID, window: window, now: now)
        guard let new = try await transaction.first(save) else { throw StoreRefusal.notFound("maintenance window") }
        let journal = try await finish(
            "maintenance_window.updated", old.companyID, "was changed", before: old.window, after: window,
            actor: actor, now: now, in: transaction)
        return Written(new, journal: journal)
    }

    public static func delete(
        _ id: WindowID, version: Int64?, actor: Actor, now: Timestamp, in transaction: some Querying
    ) async throws -> Written<Void> {
        let old = try await lock(id, version: version, in: transaction)
        _ = try await transaction.execute(DeleteMaintenanceWindow(companyID: old.companyID, id: id))
        let journal = try await finish(
            "maintenance_window.deleted", old.companyID, "was deleted", before: old.window, after: nil, actor: actor,
            now: now, in: transaction)
        return Written((), journal: journal)
    }

    private static func check(_ window: MaintenanceWindow) throws {
        let problems = window.problems
        if !problems.isEmpty { throw StoreRefusal.invalid(problems) }
    }

    private static func lock(
        _ id: WindowID, version: Int64?, in transaction: some Querying
    ) async throws -> MaintenanceWindowRecord {
        guard let found = try await transaction.first(LockMaintenanceWindow(id: id)) else {
            throw StoreRefusal.notFound("maintenance window")
        }
        try requireVersion(version, found.version)
        return found
    }

    private static func finish(
        _ kind: String, _ companyID: CompanyID, _ what: String, before: MaintenanceWindow?, after: MaintenanceWindow?,
        actor: Actor, now: Timestamp, in transaction: some Querying
    ) async throws -> [JournalEntry] {
        try await MaintenanceTimers.follow(
            companyID: companyID, before: before, after: after, now: now, in: transaction)
        _ = try await transaction.query(NotifySettings(companyID: companyID))
        guard let window = after ?? before else { return [] }
        let change = ChangeRecord(
            companyID: companyID, kind: kind, actor: actor, subjectKind: "maintenance_window",
            subjectID: window.id.rawValue, summary: "Maintenance window \(window.name) \(what).",
            before: try before.map { try JSONValue(encoding: $0) } ?? .null,
            after: try after.map { try JSONValue(encoding: $0) } ?? .null)
        return try await change.append(in: transaction, now: now)
    }
}
