/// A transaction, for the duration of one closure.
///
/// After a statement has failed, every further one fails with SQLSTATE 25P02 and nothing can be committed. Use after the
/// closure has returned throws ``PostgresError/Kind-swift.enum/misuse``. Calls from several tasks run one after the
/// other.
public struct Transaction: Querying {
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

    /// Runs one or more commands without parameters as part of the transaction. Never pass text from outside, and no
    /// `COMMIT` or `ROLLBACK`.
    public func executeScript(_ sql: String) async throws {
        try await session.perform(scope: scope) { try $0.script(sql) }
    }
}
