import CLibPQ

extension Session {
    func describe(sql: String, parameterTypes: [PostgresType]?) throws -> StatementDescription {
        let oids = parameterTypes?.map(\.oid) ?? []
        _ = try link.exchange(.parsing, deadline: deadline) {
            PQsendPrepare($0, "", sql, Int32(oids.count), oids)
        }
        let result = try link.exchange(.parsing, deadline: deadline) { PQsendDescribePrepared($0, "") }
        guard let result else { throw Link.lost(nil) }
        let columns = (0..<result.columnCount).map {
            StatementDescription.Column(name: result.columnName($0), oid: PQftype(result.pointer, $0))
        }
        return StatementDescription(parameterOIDs: result.parameterTypes, columns: columns)
    }

    /// Runs commands that may change the time limits of the session, so the server alone decides how long they take.
    func script(_ sql: String) throws {
        hasOwnTimeLimit = true
        _ = try link.exchange(.parsing, deadline: nil) { PQsendQuery($0, sql) }
    }
}
