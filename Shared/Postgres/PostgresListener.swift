import Logging
import ServiceLifecycle

/// Listens to notifications on a connection of its own, and connects again when that is lost.
///
/// Notifications are hints: those sent while there is no connection are lost. After each ``Event/connected``, look at
/// the tables.
public final class PostgresListener: Sendable {
    /// What a listener tells.
    public enum Event: Sendable, Equatable {
        /// All channels are subscribed. What is committed from now on will be told.
        case connected
        /// The connection is lost; attempts to make another follow.
        case disconnected
        /// Somebody notified one of the channels; the payload is at most 8000 bytes.
        case notification(channel: String, payload: String)
    }

    private let configuration: PostgresConfiguration
    private let channels: [String]
    private let logger: Logger

    /// Makes a listener. Does not connect.
    ///
    /// - Parameter channels: At least one name, as given to `pg_notify`, 1...63 bytes each.
    public init(configuration: PostgresConfiguration, channels: [String], logger: Logger) {
        self.configuration = configuration
        self.channels = channels
        self.logger = logger
    }

    /// Calls `handle` with one event after the other until the task is cancelled or the service group shuts down
    /// gracefully; then returns.
    ///
    /// While a connection attempt is under way, returning takes up to the connect timeout. While `handle` runs, further
    /// notifications wait in the connection, so it should be quick.
    ///
    /// - Throws: What `handle` throws; ``PostgresError`` when connecting fails for a reason that trying again cannot cure.
    public func run(_ handle: @escaping @Sendable (Event) async throws -> Void) async throws {
        let wakePipe = try WakePipe()
        let session = ListenerSession(configuration: configuration, channels: channels, wakePipe: wakePipe)
        try await cancelWhenGracefulShutdown { [self] in
            try await withTaskCancellationHandler {
                try await listen(session, handle)
            } onCancel: {
                wakePipe.wake()
            }
        }
    }

    private func listen(
        _ session: ListenerSession, _ handle: @Sendable (Event) async throws -> Void
    ) async throws {
        do {
            while try await connect(session) {
                try await handle(.connected)
                try await deliver(session, handle)
                if Task.isCancelled { break }
                try await handle(.disconnected)
            }
        } catch {
            await session.disconnect()
            let isCancellation = error is CancellationError || (error as? PostgresError)?.kind == .cancelled
            if Task.isCancelled, isCancellation { return }
            throw error
        }
        await session.disconnect()
    }

    /// Connects, trying again with growing pauses.
    ///
    /// - Returns: `false` when cancelled.
    private func connect(_ session: ListenerSession) async throws -> Bool {
        var failures = 0
        while !Task.isCancelled {
            do {
                try await session.connect()
                logger.debug("listening to the database")
                return true
            } catch {
                guard error.isRetryable else { throw error }
                failures += 1
                let pause = Backoff.connecting.delay(afterFailures: failures)
                logger.warning("listener cannot reach the database", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: pause)
            }
        }
        return false
    }

    /// Hands on notifications until the connection is lost or the task is cancelled.
    private func deliver(
        _ session: ListenerSession, _ handle: @Sendable (Event) async throws -> Void
    ) async throws {
        while !Task.isCancelled {
            let events: [Event]
            do {
                events = try await session.next()
            } catch {
                logger.warning("listener lost the database", metadata: ["error": "\(error)"])
                return await session.disconnect()
            }
            for event in events { try await handle(event) }
        }
    }
}
