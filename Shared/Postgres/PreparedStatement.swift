/// What a connection knows of a statement that it has prepared. Confined to the connection's thread.
final class PreparedStatement {
    let name: String
    let sql: String
    let parameters: [PostgresType]
    let columns: [Column]
    /// The types of the latest result's columns, as the server reported them.
    private(set) var resultTypes: [UInt32] = []

    init<S: Statement>(_ statement: S.Type) {
        name = S.name
        sql = S.sql
        parameters = S.parameters
        columns = S.columns
    }

    func isJSONB(at index: Int) -> Bool {
        index < resultTypes.count && resultTypes[index] == PostgresType.jsonb.oid
    }

    /// Takes note of a result's columns and refuses those that the statement does not declare.
    func check(_ result: QueryResult) throws(PostgresError) {
        guard !result.hasColumns(ofTypes: resultTypes) else { return }
        let types = result.columnTypes
        guard !columns.isEmpty else {
            resultTypes = types
            return
        }
        guard types.count == columns.count else {
            throw PostgresError(
                .decoding, statement: name,
                publicMessage: "the result has \(types.count) columns, the statement declares \(columns.count)")
        }
        for (column, type) in zip(columns, types) where !column.type.reads(oid: type) {
            throw PostgresError(
                .decoding, statement: name, column: column.name,
                publicMessage: "declared as \(column.type.rawValue), but the column's type is another (\(type))")
        }
        resultTypes = types
    }

    /// Refuses parameters that do not fit the declaration; the values themselves stay unnamed.
    func check(_ bindings: borrowing Bindings) throws(PostgresError) {
        let reason: String
        switch bindings.problem {
        case .wrongType(let index, .some(let declared), let bound):
            reason = "parameter \(index + 1) is declared \(declared.rawValue) but bound as \(bound.rawValue)"
        case .outOfRange(let index):
            reason = "parameter \(index + 1) has a value that its type cannot hold"
        case .wrongType(_, nil, _), nil:
            if bindings.count == parameters.count { return }
            reason = "\(bindings.count) parameters are bound, \(parameters.count) are declared"
        }
        throw PostgresError(.binding, statement: name, publicMessage: reason)
    }
}
