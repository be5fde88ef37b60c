import CLibPQ
import Synchronization

/// A session with the server: one connection, one thread, the statements prepared on it.
///
/// The actor runs on a thread of its own, so its methods block without holding a thread of the cooperative pool. None of
/// them suspends: each runs to its end before the next begins.
///
/// Who may use the session is said by its scope: a number that is set while a lease or a transaction lasts. A call with
/// another number is refused, so a connection that escaped from its closure does no harm.
actor Session {
    /// What a session is good for between calls, readable without a hop to its thread.
    enum State: UInt8, AtomicRepresentable {
        case idle, inTransaction, broken
    }

    /// One call: whose it is, how it is cancelled, and whether it is the first of its lease.
    struct Call: Sendable {
        let scope: UInt64
        let ticket: UInt64
        let isFirst: Bool
    }

    nonisolated let thread: BlockingThread
    nonisolated let cancellation: QueryCancellation
    nonisolated let backendPID: Int32
    nonisolated let scope = Atomic<UInt64>(0)
    nonisolated let state = Atomic<State>(.idle)
    private nonisolated let tickets = Atomic<UInt64>(0)
    private static let scopes = Atomic<UInt64>(0)

    let link: Link
    let answerTimeout: Duration?
    /// Set for the rest of the lease when the server's time limit may be another than the configured one.
    var hasOwnTimeLimit = false
    /// The error that made the current transaction fail.
    var abortCause: PostgresError?
    var plans: [ObjectIdentifier: PreparedStatement] = [:]
    /// The SQL behind each server-side name, to tell apart statements that claim the same one.
    var sqlByName: [String: String] = [:]
    /// Names whose server-side statement must be dropped before it is prepared anew.
    var outdated: Set<String> = []
    var bindings = Bindings()

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(link: sending Link, thread: BlockingThread, configuration: PostgresConfiguration) {
        self.thread = thread
        cancellation = QueryCancellation(connection: link.pointer)
        backendPID = link.backendPID
        answerTimeout = configuration.answerTimeout
        self.link = link
    }

    /// A number that no lease and no transaction has had.
    static func newScope() -> UInt64 {
        scopes.add(1, ordering: .relaxed).newValue
    }

    /// Runs `body` on the session's thread; when the task is cancelled meanwhile, the server is told to stop.
    nonisolated func perform<T: Sendable>(
        scope: UInt64, isFirst: Bool = false, _ body: @Sendable (isolated Session) throws -> T
    ) async throws -> T {
        let ticket = tickets.add(1, ordering: .relaxed).newValue
        let call = Call(scope: scope, ticket: ticket, isFirst: isFirst)
        return try await withTaskCancellationHandler {
            try await run(call, body)
        } onCancel: {
            cancellation.request(ticket)
        }
    }

    private func run<T: Sendable>(_ call: Call, _ body: (isolated Session) throws -> T) throws -> T {
        try checkScope(call.scope)
        if call.isFirst {
            hasOwnTimeLimit = false
            guard link.isAliveWhileIdle() else {
                link.close()
                noteState()
                throw StaleSession()
            }
        }
        cancellation.begin(call.ticket)
        defer { finish() }
        // After `begin`, so that a cancellation is either seen here or finds the ticket.
        if Task.isCancelled { throw PostgresError(.cancelled) }
        do {
            return try body(self)
        } catch let error as PostgresError {
            let isOurs = error.sqlState == "57014" && Task.isCancelled
            let final = isOurs ? error.with(kind: .cancelled) : error
            if link.transactionStatus == PQTRANS_INERROR, abortCause == nil { abortCause = final }
            throw final
        }
    }

    /// Whether the connection is still open, as far as that shows without asking the server.
    func isAlive() -> Bool {
        let isAlive = link.isAliveWhileIdle()
        if !isAlive { link.close() }
        noteState()
        return isAlive
    }

    func close() {
        link.close()
        noteState()
    }

    func checkScope(_ wanted: UInt64) throws(PostgresError) {
        guard scope.load(ordering: .acquiring) == wanted else {
            throw PostgresError(
                .misuse, publicMessage: "a connection or transaction was used outside the closure it was given to")
        }
    }

    private func finish() {
        if !cancellation.end(waitsForRequest: link.isUsable) { link.close() }
        noteState()
    }

    func noteState() {
        let now: State =
            if !link.isUsable {
                .broken
            } else {
                switch link.transactionStatus {
                case PQTRANS_IDLE: .idle
                case PQTRANS_INTRANS, PQTRANS_INERROR: .inTransaction
                default: .broken
                }
            }
        state.store(now, ordering: .releasing)
    }

    var deadline: ContinuousClock.Instant? {
        hasOwnTimeLimit ? nil : answerTimeout.map { .now + $0 }
    }
}

/// The connection had ended before anything was sent on it; another one will do.
struct StaleSession: Error {}
