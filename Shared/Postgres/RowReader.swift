import CLibPQ
import Foundation

/// Reads the columns of one row, one after the other, straight from the result's memory.
///
/// Each call reads the next column. A call whose type does not fit the column, a NULL where none is expected, and a
/// call past the last column throw ``PostgresError/Kind-swift.enum/decoding`` with the statement and the column but
/// never the value. Valid only inside ``Statement/decode(_:)``; it cannot be copied out of it.
public struct RowReader: ~Copyable {
    private let result: OpaquePointer
    private let row: Int32
    private let plan: PreparedStatement
    private var column: Int32 = 0

    init(result: OpaquePointer, row: Int32, plan: PreparedStatement) {
        self.result = result
        self.row = row
        self.plan = plan
    }

    /// Passes over the next column.
    public mutating func skip() {
        column += 1
    }

    /// The next column's bytes, or `nil` for NULL.
    @inline(__always)
    mutating func next(_ expected: PostgresType, or second: PostgresType? = nil, or third: PostgresType? = nil)
        throws -> UnsafeRawBufferPointer?
    {
        let index = Int(column)
        guard index < plan.resultTypes.count else { throw failure("there is no column \(index + 1)") }
        let actual = plan.resultTypes[index]
        guard
            expected.reads(oid: actual) || second?.reads(oid: actual) == true || third?.reads(oid: actual) == true
        else {
            throw failure("read as \(expected.rawValue), but the column's type is another (\(actual))")
        }
        column += 1
        if PQgetisnull(result, row, column - 1) == 1 { return nil }
        return UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, column - 1), count: Int(PQgetlength(result, row, column - 1)))
    }

    /// An error about the column that is read next, or with `.previous` the one just read.
    func failure(_ reason: String, at offset: Int32 = 0) -> PostgresError {
        let index = column + offset
        let name = PQfname(result, index).map { String(cString: $0) }
        return PostgresError(
            .decoding, statement: plan.name, column: name ?? "\(index + 1)", publicMessage: reason)
    }

    @inline(__always)
    func required<T>(_ value: T?) throws -> T {
        guard let value else { throw failure("NULL where a value is expected", at: -1) }
        return value
    }

    @inline(__always)
    func wellFormed<T>(_ value: T?) throws -> T {
        guard let value else { throw failure("malformed or out of range", at: -1) }
        return value
    }
}

// MARK: - Values

extension RowReader {
    /// Reads `text`, or any type whose binary form is text; `nil` for NULL.
    public mutating func textOrNil() throws -> String? {
        try next(.text, or: .json).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Reads `text`, or any type whose binary form is text.
    public mutating func text() throws -> String { try required(textOrNil()) }

    /// Reads `bool`; `nil` for NULL.
    public mutating func boolOrNil() throws -> Bool? {
        guard let bytes = try next(.bool) else { return nil }
        return try wellFormed(bytes.bigEndian(UInt8.self)) != 0
    }

    /// Reads `bool`.
    public mutating func bool() throws -> Bool { try required(boolOrNil()) }

    /// Reads `int2`, `int4` or `int8`; `nil` for NULL.
    public mutating func int8OrNil() throws -> Int64? {
        guard let bytes = try next(.int8, or: .int4, or: .int2) else { return nil }
        return try wellFormed(integer(bytes))
    }

    /// Reads `int2`, `int4` or `int8`.
    public mutating func int8() throws -> Int64 { try required(int8OrNil()) }

    /// Reads `int2`, `int4` or `int8`; `nil` for NULL.
    public mutating func intOrNil() throws -> Int? { try int8OrNil().map(Int.init) }

    /// Reads `int2`, `int4` or `int8`.
    public mutating func int() throws -> Int { try required(intOrNil()) }

    /// Reads `int2` or `int4`; `nil` for NULL.
    public mutating func int4OrNil() throws -> Int32? {
        guard let bytes = try next(.int4, or: .int2) else { return nil }
        return try wellFormed(integer(bytes).flatMap(Int32.init(exactly:)))
    }

    /// Reads `int2` or `int4`.
    public mutating func int4() throws -> Int32 { try required(int4OrNil()) }

    /// Reads `int2`; `nil` for NULL.
    public mutating func int2OrNil() throws -> Int16? {
        guard let bytes = try next(.int2) else { return nil }
        return try wellFormed(bytes.bigEndian(Int16.self))
    }

    /// Reads `int2`.
    public mutating func int2() throws -> Int16 { try required(int2OrNil()) }

    /// Reads `float8`; `nil` for NULL.
    public mutating func float8OrNil() throws -> Double? {
        guard let bytes = try next(.float8) else { return nil }
        return try Double(bitPattern: wellFormed(bytes.bigEndian(UInt64.self)))
    }

    /// Reads `float8`.
    public mutating func float8() throws -> Double { try required(float8OrNil()) }

    /// Reads `uuid`; `nil` for NULL.
    public mutating func uuidOrNil() throws -> UUID? {
        guard let bytes = try next(.uuid) else { return nil }
        return try wellFormed(UUID(wire: bytes))
    }

    /// Reads `uuid`.
    public mutating func uuid() throws -> UUID { try required(uuidOrNil()) }

    /// Reads `bytea`; `nil` for NULL.
    public mutating func bytesOrNil() throws -> [UInt8]? {
        try next(.bytea).map { [UInt8]($0) }
    }

    /// Reads `bytea`.
    public mutating func bytes() throws -> [UInt8] { try required(bytesOrNil()) }

    /// Reads `timestamptz`; `nil` for NULL.
    ///
    /// - Returns: Microseconds since 1970-01-01T00:00:00Z; `Int64.max` for `infinity`, `Int64.min` for `-infinity`.
    public mutating func timestampOrNil() throws -> Int64? {
        guard let bytes = try next(.timestamptz) else { return nil }
        return try wellFormed(bytes.bigEndian(Int64.self).flatMap(BinaryFormat.timestamp(wire:)))
    }

    /// Reads `timestamptz`, as ``timestampOrNil()``.
    public mutating func timestamp() throws -> Int64 { try required(timestampOrNil()) }

    /// Reads `date`; `nil` for NULL.
    ///
    /// - Returns: Days since 1970-01-01; `Int32.max` for `infinity`, `Int32.min` for `-infinity`.
    public mutating func dateOrNil() throws -> Int32? {
        guard let bytes = try next(.date) else { return nil }
        return try wellFormed(bytes.bigEndian(Int32.self).flatMap(BinaryFormat.date(wire:)))
    }

    /// Reads `date`, as ``dateOrNil()``.
    public mutating func date() throws -> Int32 { try required(dateOrNil()) }

    /// Reads `jsonb` or `json` as UTF-8 JSON text; `nil` for NULL.
    public mutating func jsonbOrNil() throws -> [UInt8]? {
        let isBinary = plan.isJSONB(at: Int(column))
        guard let bytes = try next(.jsonb, or: .json) else { return nil }
        guard isBinary else { return [UInt8](bytes) }
        guard bytes.first == BinaryFormat.jsonbVersion else { throw failure("malformed", at: -1) }
        return [UInt8](bytes.dropFirst())
    }

    /// Reads `jsonb` or `json` as UTF-8 JSON text.
    public mutating func jsonb() throws -> [UInt8] { try required(jsonbOrNil()) }

    /// Reads `inet`, printed as PostgreSQL does (the prefix length only when shorter than the address); `nil` for NULL.
    public mutating func inetOrNil() throws -> String? {
        guard let bytes = try next(.inet) else { return nil }
        return try wellFormed(InternetAddress(wire: bytes)).text
    }

    /// Reads `inet`, as ``inetOrNil()``.
    public mutating func inet() throws -> String { try required(inetOrNil()) }

    @inline(__always)
    private func integer(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        switch bytes.count {
        case 8: bytes.bigEndian(Int64.self)
        case 4: bytes.bigEndian(Int32.self).map(Int64.init)
        case 2: bytes.bigEndian(Int16.self).map(Int64.init)
        default: nil
        }
    }
}

extension UUID {
    @inline(__always)
    init?(wire: UnsafeRawBufferPointer) {
        guard wire.count == 16 else { return nil }
        self.init(uuid: wire.loadUnaligned(as: uuid_t.self))
    }
}
