import CLibPQ

extension Session {
    /// Runs a statement and decodes its rows, all on the session's thread.
    func rows<S: Statement>(_ statement: S) throws -> [S.Row] {
        let (result, plan) = try result(of: statement)
        try plan.check(result)
        let count = result.rowCount
        var rows: [S.Row] = []
        rows.reserveCapacity(Int(count))
        for index in 0..<count {
            var reader = RowReader(result: result.pointer, row: index, plan: plan)
            rows.append(try S.decode(&reader))
        }
        return rows
    }

    /// Runs a statement and counts the rows it touched.
    func affectedRows<S: Statement>(_ statement: S) throws -> Int {
        try result(of: statement).result.affectedRows
    }

    /// Runs a statement; once more, prepared anew, when the server no longer accepts what was prepared. Not inside a
    /// transaction, which has failed by then.
    private func result<S: Statement>(
        of statement: S
    ) throws(PostgresError) -> (result: QueryResult, plan: PreparedStatement) {
        do {
            return try execute(statement)
        } catch {
            guard error.kind == .stalePlan else { throw error.of(statement: S.name) }
            forget(S.self, isKnownToServer: error.sqlState != "26000")
            guard link.transactionStatus == PQTRANS_IDLE else { throw error.of(statement: S.name) }
        }
        do {
            return try execute(statement)
        } catch {
            throw error.of(statement: S.name)
        }
    }

    private func execute<S: Statement>(
        _ statement: S
    ) throws(PostgresError) -> (result: QueryResult, plan: PreparedStatement) {
        let plan = try prepared(S.self)
        bindings.reset(types: plan.parameters)
        statement.bind(&bindings)
        try plan.check(bindings)
        let result = try link.exchange(.executing, deadline: deadline) { connection in
            bindings.withParameters { count, values, lengths, formats in
                PQsendQueryPrepared(connection, plan.name, count, values, lengths, formats, 1)
            }
        }
        guard let result else { throw PostgresError(.misuse, publicMessage: "the statement is empty") }
        return (result, plan)
    }

    private func prepared<S: Statement>(_ type: S.Type) throws(PostgresError) -> PreparedStatement {
        if let plan = plans[ObjectIdentifier(type)] { return plan }
        let plan = PreparedStatement(type)
        try checkName(of: plan)
        if outdated.contains(plan.name) {
            let sql = "DEALLOCATE \(try link.identifier(plan.name))"
            _ = try link.exchange(.parsing, deadline: deadline) { PQsendQuery($0, sql) }
            outdated.remove(plan.name)
        }
        if sqlByName[plan.name] == nil {
            let oids = plan.parameters.map(\.oid)
            _ = try link.exchange(.parsing, deadline: deadline) {
                PQsendPrepare($0, plan.name, plan.sql, Int32(oids.count), oids)
            }
            sqlByName[plan.name] = plan.sql
        }
        plans[ObjectIdentifier(type)] = plan
        return plan
    }

    private func checkName(of plan: PreparedStatement) throws(PostgresError) {
        guard (1...63).contains(plan.name.utf8.count) else {
            throw PostgresError(.misuse, publicMessage: "a statement's name must have 1...63 bytes")
        }
        if let sql = sqlByName[plan.name], sql != plan.sql {
            throw PostgresError(.misuse, publicMessage: "two statements with different SQL have this name")
        }
    }

    private func forget<S: Statement>(_ type: S.Type, isKnownToServer: Bool) {
        plans = plans.filter { $0.value.name != S.name }
        sqlByName[S.name] = nil
        if isKnownToServer { outdated.insert(S.name) }
    }
}

extension Bindings {
    /// Calls `body` with the arrays that `PQsendQueryPrepared` takes, all parameters in binary.
    func withParameters(
        _ body: (
            Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
        ) -> Int32
    ) -> Int32 {
        guard count > 0 else { return body(0, nil, nil, nil) }
        return buffer.withUnsafeBytes { bytes in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
                withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { formats in
                    formats.initialize(repeating: 1)
                    for index in 0..<count {
                        values.initializeElement(at: index, to: pointer(to: index, in: bytes))
                    }
                    return lengths.withUnsafeBufferPointer { lengths in
                        body(
                            Int32(clamping: count), UnsafePointer(values.baseAddress), lengths.baseAddress,
                            UnsafePointer(formats.baseAddress))
                    }
                }
            }
        }
    }

    /// `nil` for NULL; an empty value needs some pointer that is not.
    private func pointer(to index: Int, in bytes: UnsafeRawBufferPointer) -> UnsafePointer<CChar>? {
        if lengths[index] < 0 { return nil }
        guard let base = bytes.baseAddress else { return Self.emptyValue }
        return (base + offsets[index]).assumingMemoryBound(to: CChar.self)
    }

    /// A pointer for values without bytes. Never read, as their length is 0.
    private static var emptyValue: UnsafePointer<CChar>? {
        UnsafePointer<CChar>(bitPattern: MemoryLayout<UInt>.alignment)
    }
}
