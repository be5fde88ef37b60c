import Logging
import ServiceLifecycle

extension PostgresPool: Service {
    private static let checkInterval = Duration.seconds(5)

    /// Keeps idle connections healthy until graceful shutdown or cancellation, then closes the pool.
    ///
    /// On graceful shutdown, callers who have a connection or wait for one may finish; new ones are refused. On
    /// cancellation, those who wait are refused too and this returns without waiting for the others.
    public func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                await maintain()
                try? await Task.sleep(for: Self.checkInterval)
            }
        }
        await close()
    }

    /// Refuses new callers, waits for those who have a connection or wait for one, and closes all connections.
    ///
    /// When the task is cancelled, refuses those who wait and returns at once; connections in use are closed when they
    /// are given back. Never call it from inside a closure that has a connection of this pool.
    public func close() async {
        let idle = state.withLock { $0.drain() }
        for session in idle { await session.close() }
        let drained = PoolWaiter<Void>()
        drainWaiters.withLock { $0.append(drained) }
        noteDrained()
        await withTaskCancellationHandler {
            try? await drained.value()
        } onCancel: {
            drained.settle(.success(()))
        }
        state.withLock { $0.close() }
    }

    /// Closes connections that have ended or are not needed, and opens those that shall always be there.
    private func maintain() async {
        let now = ContinuousClock.now
        var open = statistics.open
        for candidate in state.withLock({ $0.takeIdle(since: now - Self.checkInterval) }) {
            let session = candidate.resource
            if candidate.since < now - configuration.idleTimeout, open > configuration.minimumIdle {
                await session.close()
                open -= 1
            } else {
                _ = await session.isAlive()
            }
            await release(session, idleSince: candidate.since)
        }
        self.open(state.withLock { $0.startOpening(minimum: configuration.minimumIdle) })
    }
}
