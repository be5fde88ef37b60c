import Logging
import Synchronization

/// Connections to one database, made when needed, shared by all tasks of a process.
///
/// Works without ``run()``, which only keeps idle connections healthy and ties the pool to a service group. Whoever
/// waits gets a connection in the order of asking. While the database is out of reach, the pool tries to connect with
/// growing pauses, and callers wait up to the acquire timeout. Close a pool with ``close()`` when done.
public final class PostgresPool: Querying {
    /// What the pool was made with.
    public let configuration: PostgresConfiguration
    let logger: Logger
    let state: Mutex<PoolState<Session>>
    let drainWaiters = Mutex<[PoolWaiter<Void>]>([])

    /// Makes a pool. Does not connect.
    public init(configuration: PostgresConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        state = Mutex(PoolState(maximum: max(1, configuration.maximumConnections)))
    }

    /// What the pool is doing and has done.
    public var statistics: PoolStatistics {
        state.withLock { $0.statistics }
    }

    /// Runs a statement on a connection of its own; committed when this returns.
    public func query<S: Statement>(_ statement: S) async throws -> [S.Row] {
        try await withSession { session in
            try await session.perform(scope: Self.lease(session), isFirst: true) { try $0.rows(statement) }
        }
    }

    /// Runs a statement on a connection of its own; committed when this returns.
    public func execute<S: Statement>(_ statement: S) async throws -> Int {
        try await withSession { session in
            try await session.perform(scope: Self.lease(session), isFirst: true) { try $0.affectedRows(statement) }
        }
    }

    /// Lends a connection to a closure.
    ///
    /// Do not wait inside for another connection of the same pool: with all in use by such closures, nobody goes on.
    ///
    /// - Throws: What the closure throws; ``PostgresError`` of kinds `acquireTimeout`, `connectionFailed`, `poolClosed`
    ///   or `cancelled` when there was no connection to lend.
    public func withConnection<T>(
        isolation: isolated (any Actor)? = #isolation, _ body: (Connection) async throws -> T
    ) async throws -> T {
        try await withSession { session in
            let scope = Self.lease(session)
            try await session.perform(scope: scope, isFirst: true) { _ in }
            return try await body(Connection(session: session, scope: scope))
        }
    }

    /// Runs a closure in a transaction: committed when it returns, undone when it throws or the task is cancelled.
    ///
    /// - Parameters:
    ///   - settings: Made with `set_config(name, value, true)`: they hold until the transaction ends.
    ///   - readOnly: Whether the server shall refuse writes.
    /// - Throws: What the closure throws; ``PostgresError`` when there is no connection or the commit fails. When a
    ///   statement failed and the closure returned all the same, that statement's error.
    public func withTransaction<T: Sendable>(
        settings: [(name: String, value: String)] = [], readOnly: Bool = false,
        isolation: isolated (any Actor)? = #isolation, _ body: (Transaction) async throws -> T
    ) async throws -> T {
        try await withSession { session in
            _ = Self.lease(session)
            return try await session.transaction(readOnly: readOnly, settings: settings, isFirst: true, body)
        }
    }

    /// As ``withTransaction(settings:readOnly:isolation:_:)``, repeated from the start when the error says that this may
    /// help, after a short pause that grows.
    ///
    /// - Parameters:
    ///   - attempts: How often to try in all, at least 1. Waiting in vain for a connection is not tried again.
    ///   - repeatsUnknownCommit: Also repeat when the connection ended while the server was committing. Only for closures
    ///     that do the same work once however often they run, such as inserts whose identifiers were made before.
    public func withRetriedTransaction<T: Sendable>(
        settings: [(name: String, value: String)] = [], readOnly: Bool = false, attempts: Int = 3,
        repeatsUnknownCommit: Bool = false, isolation: isolated (any Actor)? = #isolation,
        _ body: (Transaction) async throws -> T
    ) async throws -> T {
        var failures = 0
        while true {
            do {
                return try await withTransaction(settings: settings, readOnly: readOnly, body)
            } catch let error as PostgresError {
                failures += 1
                guard failures < attempts, error.isRetryable, error.kind != .acquireTimeout,
                    error.kind != .connectionFailed, error.kind != .commitOutcomeUnknown || repeatsUnknownCommit
                else { throw error }
                logger.debug(
                    "transaction is tried again", metadata: ["error": "\(error)", "attempt": "\(failures + 1)"])
                let pause = Backoff.transaction.delay(afterFailures: failures)
                do { try await Task.sleep(for: pause) } catch { throw PostgresError(.cancelled) }
            }
        }
    }

    /// Gives a session to whoever has just acquired it.
    private static func lease(_ session: Session) -> UInt64 {
        let scope = Session.newScope()
        session.scope.store(scope, ordering: .releasing)
        return scope
    }
}
