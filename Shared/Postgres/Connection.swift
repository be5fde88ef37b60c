/// A connection that one closure has for itself. Each statement commits on its own, unless in a transaction.
///
/// Use after the closure has returned throws ``PostgresError/Kind-swift.enum/misuse``, and so does use while a
/// transaction begun with ``withTransaction(settings:readOnly:isolation:_:)`` lasts. Calls from several tasks run one
/// after the other.
public struct Connection: Querying {
    let session: Session
    let scope: UInt64

    /// Runs a statement and reads its rows, as ``Querying/query(_:)``.
    public func query<S: Statement>(_ statement: S) async throws -> [S.Row] {
        try await session.perform(scope: scope) { try $0.rows(statement) }
    }

    /// Runs a statement and counts the rows it touched, as ``Querying/execute(_:)``.
    public func execute<S: Statement>(_ statement: S) async throws -> Int {
        try await session.perform(scope: scope) { try $0.affectedRows(statement) }
    }

    /// Runs a transaction on this connection, as ``PostgresPool/withTransaction(settings:readOnly:isolation:_:)``.
    public func withTransaction<T: Sendable>(
        settings: [(name: String, value: String)] = [], readOnly: Bool = false,
        isolation: isolated (any Actor)? = #isolation, _ body: (Transaction) async throws -> T
    ) async throws -> T {
        try await session.transaction(readOnly: readOnly, settings: settings, isFirst: false, body)
    }

    /// Asks the server for the parameters and columns of an SQL command, without running it.
    ///
    /// - Parameter parameterTypes: The types to prepare with, or `nil` to let the server find them.
    /// - Throws: ``PostgresError`` with the server's words and the position when the SQL does not fit the schema.
    public func describe(sql: String, parameterTypes: [PostgresType]?) async throws -> StatementDescription {
        try await session.perform(scope: scope) { try $0.describe(sql: sql, parameterTypes: parameterTypes) }
    }

    /// Runs one or more commands without parameters, such as a migration. Never pass text from outside.
    ///
    /// Without `BEGIN` and `COMMIT` in it, the whole script is one transaction. Stops at the first error, which may quote
    /// the script. For the rest of the lease, only the server's own time limit bounds statements.
    public func executeScript(_ sql: String) async throws {
        try await session.perform(scope: scope) { try $0.script(sql) }
    }

    /// The server's process number of this connection, as in `pg_stat_activity.pid`.
    public var backendPID: Int32 { session.backendPID }
}
