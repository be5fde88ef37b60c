import CLibPQ

/// What the server makes of an SQL command, without running it.
public struct StatementDescription: Sendable, Equatable {
    /// A column as the server reports it.
    public struct Column: Sendable, Equatable {
        public let name: String
        public let oid: UInt32

        public init(name: String, oid: UInt32) {
            self.name = name
            self.oid = oid
        }
    }

    /// The types of `$1`, `$2`, … in order.
    public let parameterOIDs: [UInt32]
    /// The columns of the result; empty for commands without one.
    public let columns: [Column]
}

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
