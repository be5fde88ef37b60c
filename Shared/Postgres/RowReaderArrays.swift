import Foundation

/// Arrays of one dimension. The plain forms refuse NULL elements; the `…Optionals` forms read them as `nil`.
extension RowReader {
    /// Reads `text[]`; `nil` for NULL.
    public mutating func textArrayOrNil() throws -> [String]? {
        try array(.textArray) { String(decoding: $0, as: UTF8.self) }
    }

    /// Reads `text[]`.
    public mutating func textArray() throws -> [String] { try required(textArrayOrNil()) }

    /// Reads `text[]` whose elements may be NULL.
    public mutating func textArrayOptionals() throws -> [String?] {
        try required(optionals(.textArray) { String(decoding: $0, as: UTF8.self) })
    }

    /// Reads `uuid[]`; `nil` for NULL.
    public mutating func uuidArrayOrNil() throws -> [UUID]? {
        try array(.uuidArray) { UUID(wire: $0) }
    }

    /// Reads `uuid[]`.
    public mutating func uuidArray() throws -> [UUID] { try required(uuidArrayOrNil()) }

    /// Reads `uuid[]` whose elements may be NULL.
    public mutating func uuidArrayOptionals() throws -> [UUID?] {
        try required(optionals(.uuidArray) { UUID(wire: $0) })
    }

    /// Reads `bool[]`; `nil` for NULL.
    public mutating func boolArrayOrNil() throws -> [Bool]? {
        try array(.boolArray) { $0.bigEndian(UInt8.self).map { $0 != 0 } }
    }

    /// Reads `bool[]`.
    public mutating func boolArray() throws -> [Bool] { try required(boolArrayOrNil()) }

    /// Reads `bool[]` whose elements may be NULL.
    public mutating func boolArrayOptionals() throws -> [Bool?] {
        try required(optionals(.boolArray) { $0.bigEndian(UInt8.self).map { $0 != 0 } })
    }

    /// Reads `int2[]`; `nil` for NULL.
    public mutating func int2ArrayOrNil() throws -> [Int16]? {
        try array(.int2Array) { $0.bigEndian(Int16.self) }
    }

    /// Reads `int2[]`.
    public mutating func int2Array() throws -> [Int16] { try required(int2ArrayOrNil()) }

    /// Reads `int4[]`; `nil` for NULL.
    public mutating func int4ArrayOrNil() throws -> [Int32]? {
        try array(.int4Array) { $0.bigEndian(Int32.self) }
    }

    /// Reads `int4[]`.
    public mutating func int4Array() throws -> [Int32] { try required(int4ArrayOrNil()) }

    /// Reads `int8[]`; `nil` for NULL.
    public mutating func int8ArrayOrNil() throws -> [Int64]? {
        try array(.int8Array) { $0.bigEndian(Int64.self) }
    }

    /// Reads `int8[]`.
    public mutating func int8Array() throws -> [Int64] { try required(int8ArrayOrNil()) }

    /// Reads `int8[]` whose elements may be NULL.
    public mutating func int8ArrayOptionals() throws -> [Int64?] {
        try required(optionals(.int8Array) { $0.bigEndian(Int64.self) })
    }

    /// Reads `int8[]`; `nil` for NULL.
    public mutating func intArrayOrNil() throws -> [Int]? {
        try array(.int8Array) { $0.bigEndian(Int64.self).map(Int.init) }
    }

    /// Reads `int8[]`.
    public mutating func intArray() throws -> [Int] { try required(intArrayOrNil()) }

    /// Reads `float8[]`; `nil` for NULL.
    public mutating func float8ArrayOrNil() throws -> [Double]? {
        try array(.float8Array) { $0.bigEndian(UInt64.self).map(Double.init(bitPattern:)) }
    }

    /// Reads `float8[]`.
    public mutating func float8Array() throws -> [Double] { try required(float8ArrayOrNil()) }

    /// Reads `timestamptz[]` as microseconds since 1970-01-01T00:00:00Z; `nil` for NULL.
    public mutating func timestampArrayOrNil() throws -> [Int64]? {
        try array(.timestamptzArray) { $0.bigEndian(Int64.self).flatMap(BinaryFormat.timestamp(wire:)) }
    }

    /// Reads `timestamptz[]` as microseconds since 1970-01-01T00:00:00Z.
    public mutating func timestampArray() throws -> [Int64] { try required(timestampArrayOrNil()) }

    /// Reads `timestamptz[]`, whose elements may be NULL, as microseconds since 1970-01-01T00:00:00Z.
    public mutating func timestampArrayOptionals() throws -> [Int64?] {
        try required(
            optionals(.timestamptzArray) { $0.bigEndian(Int64.self).flatMap(BinaryFormat.timestamp(wire:)) })
    }

    /// Reads `date[]` as days since 1970-01-01; `nil` for NULL.
    public mutating func dateArrayOrNil() throws -> [Int32]? {
        try array(.dateArray) { $0.bigEndian(Int32.self).flatMap(BinaryFormat.date(wire:)) }
    }

    /// Reads `date[]` as days since 1970-01-01.
    public mutating func dateArray() throws -> [Int32] { try required(dateArrayOrNil()) }

    /// Reads `bytea[]`; `nil` for NULL.
    public mutating func bytesArrayOrNil() throws -> [[UInt8]]? {
        try array(.byteaArray) { [UInt8]($0) }
    }

    /// Reads `bytea[]`.
    public mutating func bytesArray() throws -> [[UInt8]] { try required(bytesArrayOrNil()) }

    /// Reads `jsonb[]`, each element as UTF-8 JSON text; `nil` for NULL.
    public mutating func jsonbArrayOrNil() throws -> [[UInt8]]? {
        try array(.jsonbArray) { $0.first == BinaryFormat.jsonbVersion ? [UInt8]($0.dropFirst()) : nil }
    }

    /// Reads `jsonb[]`, each element as UTF-8 JSON text.
    public mutating func jsonbArray() throws -> [[UInt8]] { try required(jsonbArrayOrNil()) }
}

// MARK: - Decoding

extension RowReader {
    @inline(__always)
    private mutating func array<T>(
        _ type: PostgresType, decode: (UnsafeRawBufferPointer) -> T?
    ) throws -> [T]? {
        guard let bytes = try next(type) else { return nil }
        var values: [T] = []
        let count = try elementCount(of: bytes)
        values.reserveCapacity(count)
        try elements(of: bytes, count: count) { element in
            guard let element else { throw failure("NULL element where a value is expected", at: -1) }
            values.append(try wellFormed(decode(element)))
        }
        return values
    }

    @inline(__always)
    private mutating func optionals<T>(
        _ type: PostgresType, decode: (UnsafeRawBufferPointer) -> T?
    ) throws -> [T?]? {
        guard let bytes = try next(type) else { return nil }
        var values: [T?] = []
        let count = try elementCount(of: bytes)
        values.reserveCapacity(count)
        try elements(of: bytes, count: count) { element in
            values.append(try element.map { try wellFormed(decode($0)) })
        }
        return values
    }

    /// The number of elements of an array of one dimension or none.
    private func elementCount(of bytes: UnsafeRawBufferPointer) throws -> Int {
        let dimensions = try wellFormed(bytes.bigEndian(Int32.self))
        if dimensions == 0 { return 0 }
        guard dimensions == 1 else { throw failure("an array of \(dimensions) dimensions", at: -1) }
        let count = Int(try wellFormed(bytes.bigEndian(Int32.self, at: 12)))
        guard count >= 0, bytes.count >= 20 + 4 * count else { throw failure("malformed", at: -1) }
        return count
    }

    @inline(__always)
    private func elements(
        of bytes: UnsafeRawBufferPointer, count: Int, each: (UnsafeRawBufferPointer?) throws -> Void
    ) throws {
        var offset = 20
        for _ in 0..<count {
            let length = Int(try wellFormed(bytes.bigEndian(Int32.self, at: offset)))
            offset += 4
            if length < 0 {
                try each(nil)
                continue
            }
            guard bytes.count - offset >= length else { throw failure("malformed", at: -1) }
            try each(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length]))
            offset += length
        }
    }
}
