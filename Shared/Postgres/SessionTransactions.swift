import CLibPQ

extension Session {
    /// Starts a transaction and makes its settings, in one round trip.
    func begin(readOnly: Bool, settings: [(name: String, value: String)]) throws(PostgresError) {
        guard link.transactionStatus == PQTRANS_IDLE || !link.isUsable else {
            throw PostgresError(.misuse, publicMessage: "a transaction is open already")
        }
        abortCause = nil
        var sql = readOnly ? "BEGIN READ ONLY" : "BEGIN"
        if !settings.isEmpty { sql += "; SELECT \(try link.setConfig(settings, isLocal: true))" }
        if settings.contains(where: { $0.name == "statement_timeout" }) { hasOwnTimeLimit = true }
        _ = try link.exchange(.executing, deadline: deadline) { PQsendQuery($0, sql) }
    }

    /// Commits. Is not cancelled: an interrupted commit would be an unknown one.
    ///
    /// - Throws: What made the transaction fail, when it had failed; else the server's refusal, or
    ///   ``PostgresError/Kind-swift.enum/commitOutcomeUnknown`` when its answer got lost.
    func commit(scope: UInt64) throws(PostgresError) {
        try checkScope(scope)
        defer { noteState() }
        guard link.isUsable else { throw Link.lost(nil) }
        switch link.transactionStatus {
        case PQTRANS_INTRANS: break
        case PQTRANS_INERROR: throw abortCause ?? PostgresError(.transactionAborted)
        default: throw PostgresError(.misuse, publicMessage: "the transaction was ended by one of its statements")
        }
        let result: QueryResult?
        do {
            result = try link.exchange(.executing, deadline: deadline) { PQsendQuery($0, "COMMIT") }
        } catch {
            throw error.kind == .connectionLost ? error.with(kind: .commitOutcomeUnknown) : error
        }
        if result?.command == "ROLLBACK" { throw abortCause ?? PostgresError(.transactionAborted) }
    }

    /// Ends the transaction without its effects. Where the server cannot be told, the connection is closed, which says
    /// the same.
    func rollback(scope: UInt64) {
        defer { noteState() }
        guard link.isUsable, self.scope.load(ordering: .acquiring) == scope else { return }
        switch link.transactionStatus {
        case PQTRANS_IDLE: return
        case PQTRANS_INTRANS, PQTRANS_INERROR: break
        default: return link.close()
        }
        do {
            _ = try link.exchange(.executing, deadline: deadline) { PQsendQuery($0, "ROLLBACK") }
        } catch {
            link.close()
        }
    }

    /// Runs `body` in a transaction: committed when it returns, undone when it throws or the task is cancelled.
    func transaction<T>(
        readOnly: Bool, settings: [(name: String, value: String)], isFirst: Bool,
        isolation: isolated (any Actor)? = #isolation, _ body: (Transaction) async throws -> T
    ) async throws -> T {
        let inner = Self.newScope()
        let outer = scope.exchange(inner, ordering: .acquiringAndReleasing)
        defer { scope.store(outer, ordering: .releasing) }
        do {
            try await perform(scope: inner, isFirst: isFirst) { session in
                try session.begin(readOnly: readOnly, settings: settings)
            }
            let value = try await body(Transaction(session: self, scope: inner))
            if Task.isCancelled { throw PostgresError(.cancelled) }
            try await commit(scope: inner)
            return value
        } catch {
            await rollback(scope: inner)
            throw error
        }
    }
}
