import Domain
import Logging
import Postgres
import Runtime
import ServiceLifecycle
import Synchronization

/// Checks at start that the schema is the one that this program was built for, and keeps an eye on the database.
///
/// Waits for a database that can't be reached yet; ends the process when the schema does not fit.
public final class SchemaCheck: Service {
    private enum State: Sendable {
        case waiting(String)
        case verified
        case unreachable(String)
    }

    private let pool: PostgresPool
    private let clock: DatabaseClock
    private let logger: Logger
    private let state = Mutex(State.waiting("not reached yet"))

    public init(pool: PostgresPool, clock: DatabaseClock, logger: Logger) {
        self.pool = pool
        self.clock = clock
        self.logger = logger
    }

    /// Whether the database answers and fits.
    public var readiness: ReadinessCheck {
        ReadinessCheck("database") {
            switch self.state.withLock({ $0 }) {
            case .verified: (true, "reachable, schema verified")
            case .waiting(let why), .unreachable(let why): (false, why)
            }
        }
    }

    /// - Throws: ``MigrationError`` when the schema does not fit.
    public func run() async throws {
        try await cancelWhenGracefulShutdown {
            var backoff = Backoff(first: .milliseconds(100), highest: .seconds(2))
            while !Task.isCancelled {
                do {
                    try await Migrator(pool: self.pool).verify()
                    try await self.clock.synchronise(with: self.pool)
                    break
                } catch let error as MigrationError {
                    throw error
                } catch is CancellationError {
                    return
                } catch {
                    self.state.withLock { $0 = .waiting("not reached yet; the log says why") }
                    self.logger.warning("the database can't be reached yet", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: backoff.next())
                }
            }
            self.state.withLock { $0 = .verified }
            await self.watch()
        }
    }

    private func watch() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(2))
            guard !Task.isCancelled else { return }
            do {
                try await clock.synchronise(with: pool)
                state.withLock { $0 = .verified }
            } catch {
                logger.warning("the database can't be reached", metadata: [LogKey.error: "\(error)"])
                state.withLock { $0 = .unreachable("can't be reached; the log says why") }
            }
        }
    }
}
