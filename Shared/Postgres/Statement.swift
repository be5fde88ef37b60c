/// A column of a result, as a statement declares it.
public struct Column: Sendable, Equatable {
    /// The name that the server reports, compared by the test that describes every statement, not at run time.
    public let name: String
    /// The type that the server must report; checked with each result.
    public let type: PostgresType

    /// Declares a column.
    public init(_ name: String, _ type: PostgresType) {
        self.name = name
        self.type = type
    }
}

/// One query: its server-side name, SQL, parameter types, columns, and how a row is read.
///
/// Prepared once per connection at its first use, then executed by name, binary both ways. A value of the conforming
/// type holds the parameters of one execution. Prefer `static let` for the requirements that are arrays.
public protocol Statement: Sendable {
    /// What one row becomes; `Void` for statements whose rows do not matter.
    associatedtype Row: Sendable

    /// The name of the prepared statement, unique in the process, 1...63 bytes. Safe to log.
    static var name: String { get }
    /// One SQL command with `$1`-style parameters. Never holds a value from outside.
    static var sql: String { get }
    /// The types of `$1`, `$2`, … in order.
    static var parameters: [PostgresType] { get }
    /// The columns of the result in order; empty when the rows do not matter.
    static var columns: [Column] { get }

    /// Adds one value for each of ``parameters``, in order and of the declared type.
    func bind(_ bindings: inout Bindings)

    /// Reads the columns of one row in order. Runs on the connection's thread; must not block.
    static func decode(_ row: inout RowReader) throws -> Row
}

extension Statement where Row == Void {
    /// None: rows do not matter.
    public static var columns: [Column] { [] }

    /// Reads nothing.
    public static func decode(_ row: inout RowReader) throws {}
}
