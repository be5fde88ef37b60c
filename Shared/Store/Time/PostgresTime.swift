import Domain
import Postgres

extension Bindings {
    /// A `timestamptz`.
    public mutating func instant(_ value: Timestamp?) {
        timestamp(value?.microseconds)
    }

    /// A `timestamptz[]`.
    public mutating func instantArray(_ values: [Timestamp]) {
        timestampArray(values.map(\.microseconds))
    }

    /// A `timestamptz[]` with gaps.
    public mutating func instantArray(_ values: [Timestamp?]) {
        timestampArray(values.map { $0?.microseconds })
    }
}

extension RowReader {
    /// A `timestamptz` that is not null.
    public mutating func instant() throws -> Timestamp {
        Timestamp(microseconds: try timestamp())
    }

    public mutating func instantOrNil() throws -> Timestamp? {
        try timestampOrNil().map(Timestamp.init(microseconds:))
    }

    public mutating func instantArray() throws -> [Timestamp] {
        try timestampArray().map(Timestamp.init(microseconds:))
    }
}
