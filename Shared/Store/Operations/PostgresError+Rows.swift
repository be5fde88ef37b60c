import Postgres

extension PostgresError {
    /// Whether PostgreSQL refuses the rows themselves (data, constraints, limits of a row), so that sending them again is
    /// of no use. Anything else, such as a full disk or a lost right, is ours to mend and worth another try later.
    public var concernsRows: Bool {
        guard kind == .server, let sqlState else { return false }
        return ["21", "22", "23", "54"].contains(sqlState.prefix(2))
    }
}
