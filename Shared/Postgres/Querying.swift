/// Something that runs statements: the pool (each on its own, committed at once), a connection, or a transaction.
public protocol Querying: Sendable {
    /// Runs a statement and reads all its rows into memory.
    ///
    /// - Returns: The rows in the server's order.
    /// - Throws: ``PostgresError``, or what the statement's `decode` throws. When the task is cancelled, the server is
    ///   told to stop and the error's kind is ``PostgresError/Kind-swift.enum/cancelled``.
    func query<S: Statement>(_ statement: S) async throws -> [S.Row]

    /// Runs a statement without reading rows.
    ///
    /// - Returns: The number of rows inserted, updated, deleted or selected; 0 for other commands.
    /// - Throws: As ``query(_:)``.
    func execute<S: Statement>(_ statement: S) async throws -> Int
}

extension Querying {
    /// Runs a statement and returns its first row, or `nil` when it has none. All rows are fetched: say `LIMIT 1`.
    public func first<S: Statement>(_ statement: S) async throws -> S.Row? {
        try await query(statement).first
    }
}
