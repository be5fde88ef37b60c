import Postgres

/// Moves journal positions that lie ahead of this cluster's transaction ids, as they do after a logical restore, to
/// before them; until then readers would not see those rows. Needs the role `aw_owner`, and that no service runs.
///
/// The row says how many journal rows were moved.
public struct RebaseJournal: Statement {
    public init() {}

    public typealias Row = Int
    public static let name = "rebase_journal"
    public static let sql = "SELECT aw_rebase_journal() AS moved"
    public static let parameters: [PostgresType] = []
    public static let columns = [Column("moved", .int8)]

    public func bind(_ bindings: inout Bindings) {}

    public static func decode(_ row: inout RowReader) throws -> Int { try row.int() }
}
