/// What the server makes of an SQL command, without running it.
public struct StatementDescription: Sendable, Equatable {
    /// A column as the server reports it.
    public struct Column: Sendable, Equatable {
        public let name: String
        /// The object identifier of the column's type, comparable with ``PostgresType/oid``.
        public let oid: UInt32

        /// Describes a column, for comparison.
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
