import Logging

extension PostgresPool {
    /// Lends a session to `body`, and another one if it turns out to have ended while idle, before anything was sent.
    func withSession<T>(
        isolation: isolated (any Actor)? = #isolation, _ body: (Session) async throws -> T
    ) async throws -> T {
        var staleSessions = 0
        while true {
            let session = try await acquire()
            do {
                let value = try await body(session)
                await release(session)
                return value
            } catch is StaleSession {
                await release(session)
                staleSessions += 1
                guard staleSessions <= configuration.maximumConnections else { throw Link.lost(nil) }
            } catch {
                await release(session)
                throw error
            }
        }
    }

    private func acquire() async throws -> Session {
        if let session = try state.withLock({ state throws(PostgresError) in try state.take() }) { return session }
        let start = ContinuousClock.now
        let session = try await waitForSession()
        let waited = (ContinuousClock.now - start).nanoseconds
        state.withLock { $0.counters.acquireWaitNanoseconds += waited }
        return session
    }

    private func waitForSession() async throws -> Session {
        let waiter = PoolWaiter<Session>()
        let openers = try state.withLock { state throws(PostgresError) in try state.enqueue(waiter) }
        open(openers)
        return try await withTaskCancellationHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [self] in
                    if (try? await Task.sleep(for: configuration.acquireTimeout)) != nil { expire(waiter) }
                }
                defer { group.cancelAll() }
                return try await waiter.value()
            }
        } onCancel: {
            abandon(waiter, PostgresError(.cancelled))
        }
    }

    /// Ends a wait that took too long; with the reason when it is that the database cannot be reached.
    private func expire(_ waiter: PoolWaiter<Session>) {
        let failure = state.withLock { $0.lastFailure }
        guard abandon(waiter, failure ?? PostgresError(.acquireTimeout)) else { return }
        state.withLock { $0.counters.acquireTimeouts += 1 }
    }

    @discardableResult
    private func abandon(_ waiter: PoolWaiter<Session>, _ error: PostgresError) -> Bool {
        guard waiter.settle(.failure(error)) else { return false }
        state.withLock { $0.remove(waiter) }
        noteDrained()
        return true
    }

    /// Takes a session back: for the next caller when it is as it was, else it is closed.
    func release(_ session: Session, idleSince: ContinuousClock.Instant = .now) async {
        session.scope.store(0, ordering: .releasing)
        if session.state.load(ordering: .acquiring) == .idle {
            let placement = state.withLock { $0.put(session, since: idleSince) }
            if placement == .mustClose { await session.close() }
        } else {
            let openers = state.withLock { $0.discard() }
            logger.debug("database connection discarded", metadata: ["backend": "\(session.backendPID)"])
            open(openers)
            await session.close()
        }
        noteDrained()
    }

    /// Starts connecting, each on the thread that the connection will have.
    func open(_ count: Int) {
        for _ in 0..<count {
            let thread = BlockingThread(name: "pg-\(configuration.applicationName)")
            thread.run { [self] in connect(on: thread) }
        }
    }

    /// Connects, trying again while somebody waits. Runs on the new connection's thread and blocks it.
    private func connect(on thread: BlockingThread) {
        while true {
            do throws(PostgresError) {
                let link = try Link.open(configuration)
                let session = Session(link: link, thread: thread, configuration: configuration)
                let (placement, openers) = state.withLock { $0.opened(session) }
                logger.debug(
                    "database connection opened",
                    metadata: ["backend": "\(session.backendPID)", "use": "\(placement)"])
                open(openers)
                return
            } catch {
                guard pauseAfter(error) else { return noteDrained() }
            }
        }
    }

    /// Decides on another attempt, after a pause. Blocks the connection's thread.
    private func pauseAfter(_ error: PostgresError) -> Bool {
        let retry = state.withLock { $0.openFailed(error) }
        logger.warning(
            "database cannot be reached",
            metadata: ["error": "\(error)", "retries": "\(retry != .giveUp)"])
        guard case .again(let failures) = retry else { return false }
        BlockingThread.pause(Backoff.connecting.delay(afterFailures: failures))
        return state.withLock { !$0.stopOpeningIfUnwanted() }
    }

    /// Tells whoever closes the pool once nobody uses it any more.
    func noteDrained() {
        guard state.withLock({ $0.isDrained }) else { return }
        let waiters = drainWaiters.withLock { waiters in
            defer { waiters = [] }
            return waiters
        }
        for waiter in waiters { waiter.settle(.success(())) }
    }
}
