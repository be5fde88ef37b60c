import Postgres
import Store

/// The two ways in which the Console reaches the database.
///
/// Everything a viewer asks runs in the role `aw_console`, in a transaction that names the viewer's companies: row-level
/// security then hides all others, whatever a handler gets wrong. Two things can't run so, because they come before it is
/// known who asks, or before the company exists: identity (sign-in, sessions, tokens, the answers kept for
/// `Idempotency-Key`) and making a company. They have a small pool of the role `aw_worker`, which sees every company, and
/// nothing else uses it.
struct ConsoleDatabase: Sendable {
    /// Role `aw_console`.
    let viewers: PostgresPool
    /// Role `aw_worker`.
    let identity: PostgresPool

    /// Reads what a viewer may see.
    func read<Value: Sendable>(
        as viewer: SignedIn, _ body: @Sendable (Transaction) async throws -> Value
    ) async throws -> Value {
        try await viewers.withTransaction(settings: viewer.scope, readOnly: true, body)
    }

    /// Changes what a viewer may see; tried again when another transaction was in the way.
    func write<Value: Sendable>(
        as viewer: SignedIn, _ body: @Sendable (Transaction) async throws -> Value
    ) async throws -> Value {
        try await viewers.withRetriedTransaction(settings: viewer.scope, body)
    }
}
