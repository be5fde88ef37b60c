import CLibPQ

/// Owns one `PGresult`. Confined to the thread of the connection that made it.
final class QueryResult {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        PQclear(pointer)
    }

    var status: ExecStatusType { PQresultStatus(pointer) }
    var rowCount: Int32 { PQntuples(pointer) }
    var columnCount: Int32 { PQnfields(pointer) }

    var columnTypes: [UInt32] {
        (0..<columnCount).map { PQftype(pointer, $0) }
    }

    func hasColumns(ofTypes types: [UInt32]) -> Bool {
        guard Int(columnCount) == types.count else { return false }
        for index in 0..<columnCount where PQftype(pointer, index) != types[Int(index)] { return false }
        return true
    }

    func columnName(_ index: Int32) -> String {
        PQfname(pointer, index).map { String(cString: $0) } ?? ""
    }

    /// The types that the server gives the parameters; only for the answer to a describe.
    var parameterTypes: [UInt32] {
        (0..<PQnparams(pointer)).map { PQparamtype(pointer, $0) }
    }

    /// The command's tag, such as `COMMIT`.
    var command: String {
        PQcmdStatus(pointer).map { String(cString: $0) } ?? ""
    }

    /// Rows that the command touched or returned; 0 for other commands.
    var affectedRows: Int {
        PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0
    }

    /// A field of an error report. Ask only for fields that cannot carry a value of a user.
    func field(_ code: Int) -> String? {
        PQresultErrorField(pointer, Int32(code)).map { String(cString: $0) }
    }
}
