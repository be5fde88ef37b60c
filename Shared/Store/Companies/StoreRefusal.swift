import Domain

/// Why a change is not made. Trying again does not help: something else must change first.
public enum StoreRefusal: Error, Sendable, Equatable {
    /// There is no such thing, or the transaction may not see it. Holds its name: `integration`.
    case notFound(String)
    /// It was changed since the caller read it; this is its version now. Read it again.
    case stale(version: Int64)
    /// Its state, or another thing, does not allow it.
    case conflict(code: String, message: String)
    /// Fields that have to be mended.
    case invalid([FieldProblem])
}

/// What a change gives: the value after it, and the journal rows to publish once the transaction is committed.
public struct Written<Value: Sendable>: Sendable {
    public var value: Value
    public var journal: [JournalEntry]

    public init(_ value: Value, journal: [JournalEntry]) {
        self.value = value
        self.journal = journal
    }
}

/// Whether a caller's version, where it gave one, is the present one.
func requireVersion(_ wanted: Int64?, _ present: Int64) throws {
    if let wanted, wanted != present { throw StoreRefusal.stale(version: present) }
}
