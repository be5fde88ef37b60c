import Foundation

/// Arrays are sent as one parameter each, of one dimension. An empty array is an empty array, not NULL; for NULL use
/// ``null()``.
extension Bindings {
    /// Adds a `text[]` value.
    public mutating func textArray(_ values: [String]) {
        array(.textArray, of: .text, values) { $1.append(contentsOf: $0.utf8) }
    }

    /// Adds a `text[]` value whose elements may be NULL.
    public mutating func textArray(_ values: [String?]) {
        optionalArray(.textArray, of: .text, values) { $1.append(contentsOf: $0.utf8) }
    }

    /// Adds a `uuid[]` value.
    public mutating func uuidArray(_ values: [UUID]) {
        array(.uuidArray, of: .uuid, values) { $1.append($0) }
    }

    /// Adds a `uuid[]` value whose elements may be NULL.
    public mutating func uuidArray(_ values: [UUID?]) {
        optionalArray(.uuidArray, of: .uuid, values) { $1.append($0) }
    }

    /// Adds a `bool[]` value.
    public mutating func boolArray(_ values: [Bool]) {
        array(.boolArray, of: .bool, values) { $1.append($0 ? 1 : 0) }
    }

    /// Adds a `bool[]` value whose elements may be NULL.
    public mutating func boolArray(_ values: [Bool?]) {
        optionalArray(.boolArray, of: .bool, values) { $1.append($0 ? 1 : 0) }
    }

    /// Adds an `int2[]` value.
    public mutating func int2Array(_ values: [Int16]) {
        array(.int2Array, of: .int2, values) { $1.append(bigEndian: $0) }
    }

    /// Adds an `int2[]` value whose elements may be NULL.
    public mutating func int2Array(_ values: [Int16?]) {
        optionalArray(.int2Array, of: .int2, values) { $1.append(bigEndian: $0) }
    }

    /// Adds an `int4[]` value.
    public mutating func int4Array(_ values: [Int32]) {
        array(.int4Array, of: .int4, values) { $1.append(bigEndian: $0) }
    }

    /// Adds an `int4[]` value whose elements may be NULL.
    public mutating func int4Array(_ values: [Int32?]) {
        optionalArray(.int4Array, of: .int4, values) { $1.append(bigEndian: $0) }
    }

    /// Adds an `int8[]` value.
    public mutating func int8Array(_ values: [Int64]) {
        array(.int8Array, of: .int8, values) { $1.append(bigEndian: $0) }
    }

    /// Adds an `int8[]` value whose elements may be NULL.
    public mutating func int8Array(_ values: [Int64?]) {
        optionalArray(.int8Array, of: .int8, values) { $1.append(bigEndian: $0) }
    }

    /// Adds an `int8[]` value.
    public mutating func intArray(_ values: [Int]) {
        array(.int8Array, of: .int8, values) { $1.append(bigEndian: Int64($0)) }
    }

    /// Adds an `int8[]` value whose elements may be NULL.
    public mutating func intArray(_ values: [Int?]) {
        optionalArray(.int8Array, of: .int8, values) { $1.append(bigEndian: Int64($0)) }
    }

    /// Adds a `float8[]` value.
    public mutating func float8Array(_ values: [Double]) {
        array(.float8Array, of: .float8, values) { $1.append(bigEndian: $0.bitPattern) }
    }

    /// Adds a `float8[]` value whose elements may be NULL.
    public mutating func float8Array(_ values: [Double?]) {
        optionalArray(.float8Array, of: .float8, values) { $1.append(bigEndian: $0.bitPattern) }
    }

    /// Adds a `timestamptz[]` value of microseconds since 1970-01-01T00:00:00Z, as ``timestamp(_:)``.
    public mutating func timestampArray(_ values: [Int64]) {
        guard values.allSatisfy({ BinaryFormat.wireTimestamp($0) != nil }) else { return reject(.timestamptzArray) }
        array(.timestamptzArray, of: .timestamptz, values) {
            $1.append(bigEndian: BinaryFormat.wireTimestamp($0) ?? .max)
        }
    }

    /// Adds a `timestamptz[]` value whose elements may be NULL, as ``timestamp(_:)``.
    public mutating func timestampArray(_ values: [Int64?]) {
        guard values.allSatisfy({ $0.map { BinaryFormat.wireTimestamp($0) != nil } ?? true }) else {
            return reject(.timestamptzArray)
        }
        optionalArray(.timestamptzArray, of: .timestamptz, values) {
            $1.append(bigEndian: BinaryFormat.wireTimestamp($0) ?? .max)
        }
    }

    /// Adds a `date[]` value of days since 1970-01-01, as ``date(daysSince1970:)``.
    public mutating func dateArray(daysSince1970 values: [Int32]) {
        guard values.allSatisfy({ BinaryFormat.wireDate($0) != nil }) else { return reject(.dateArray) }
        array(.dateArray, of: .date, values) { $1.append(bigEndian: BinaryFormat.wireDate($0) ?? .max) }
    }

    /// Adds a `bytea[]` value.
    public mutating func bytesArray(_ values: [[UInt8]]) {
        array(.byteaArray, of: .bytea, values) { $1.append(contentsOf: $0) }
    }

    /// Adds a `bytea[]` value whose elements may be NULL.
    public mutating func bytesArray(_ values: [[UInt8]?]) {
        optionalArray(.byteaArray, of: .bytea, values) { $1.append(contentsOf: $0) }
    }

    /// Adds a `jsonb[]` value; each element is a complete JSON text in UTF-8.
    public mutating func jsonbArray(_ values: [[UInt8]]) {
        array(.jsonbArray, of: .jsonb, values) {
            $1.append(BinaryFormat.jsonbVersion)
            $1.append(contentsOf: $0)
        }
    }

    /// Adds a `jsonb[]` value; each element is a complete JSON text in UTF-8 or NULL.
    public mutating func jsonbArray(_ values: [[UInt8]?]) {
        optionalArray(.jsonbArray, of: .jsonb, values) {
            $1.append(BinaryFormat.jsonbVersion)
            $1.append(contentsOf: $0)
        }
    }

    /// Adds a `jsonb[]` value; each element is a complete JSON text.
    public mutating func jsonbArray(_ values: [String]) {
        array(.jsonbArray, of: .jsonb, values) {
            $1.append(BinaryFormat.jsonbVersion)
            $1.append(contentsOf: $0.utf8)
        }
    }
}

// MARK: - Encoding

extension Bindings {
    @inline(__always)
    private mutating func array<V>(
        _ type: PostgresType, of element: PostgresType, _ values: [V], encode: (V, inout [UInt8]) -> Void
    ) {
        add(type, values) { values, buffer in
            Self.header(of: element, count: values.count, into: &buffer)
            for value in values {
                Self.element(value, into: &buffer, encode: encode)
            }
        }
    }

    @inline(__always)
    private mutating func optionalArray<V>(
        _ type: PostgresType, of element: PostgresType, _ values: [V?], encode: (V, inout [UInt8]) -> Void
    ) {
        add(type, values) { values, buffer in
            let start = buffer.count
            Self.header(of: element, count: values.count, into: &buffer)
            for value in values {
                if let value {
                    Self.element(value, into: &buffer, encode: encode)
                } else {
                    buffer.append(bigEndian: Int32(-1))
                    buffer.replace(at: start + 4, bigEndian: 1)
                }
            }
        }
    }

    /// Dimensions, NULL flag, element type, then length and lower bound of the one dimension, if there is any.
    private static func header(of element: PostgresType, count: Int, into buffer: inout [UInt8]) {
        buffer.append(bigEndian: Int32(count == 0 ? 0 : 1))
        buffer.append(bigEndian: Int32(0))
        buffer.append(bigEndian: element.oid)
        guard count > 0 else { return }
        buffer.append(bigEndian: Int32(clamping: count))
        buffer.append(bigEndian: Int32(1))
    }

    @inline(__always)
    private static func element<V>(_ value: V, into buffer: inout [UInt8], encode: (V, inout [UInt8]) -> Void) {
        let start = buffer.count
        buffer.append(bigEndian: Int32(0))
        encode(value, &buffer)
        buffer.replace(at: start, bigEndian: Int32(clamping: buffer.count - start - 4))
    }
}
