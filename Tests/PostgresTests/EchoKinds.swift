import Foundation

@testable import Postgres

enum BoolKind: EchoKind {
    static let type = PostgresType.bool
    static func bind(_ value: Bool?, _ bindings: inout Bindings) { bindings.bool(value) }
    static func read(_ row: inout RowReader) throws -> Bool? { try row.boolOrNil() }
}

enum Int2Kind: EchoKind {
    static let type = PostgresType.int2
    static func bind(_ value: Int16?, _ bindings: inout Bindings) { bindings.int2(value) }
    static func read(_ row: inout RowReader) throws -> Int16? { try row.int2OrNil() }
}

enum Int4Kind: EchoKind {
    static let type = PostgresType.int4
    static func bind(_ value: Int32?, _ bindings: inout Bindings) { bindings.int4(value) }
    static func read(_ row: inout RowReader) throws -> Int32? { try row.int4OrNil() }
}

enum Int8Kind: EchoKind {
    static let type = PostgresType.int8
    static func bind(_ value: Int64?, _ bindings: inout Bindings) { bindings.int8(value) }
    static func read(_ row: inout RowReader) throws -> Int64? { try row.int8OrNil() }
}

enum Float8Kind: EchoKind {
    static let type = PostgresType.float8
    static func bind(_ value: Double?, _ bindings: inout Bindings) { bindings.float8(value) }
    static func read(_ row: inout RowReader) throws -> Double? { try row.float8OrNil() }
}

enum TextKind: EchoKind {
    static let type = PostgresType.text
    static func bind(_ value: String?, _ bindings: inout Bindings) { bindings.text(value) }
    static func read(_ row: inout RowReader) throws -> String? { try row.textOrNil() }
}

enum BytesKind: EchoKind {
    static let type = PostgresType.bytea
    static func bind(_ value: [UInt8]?, _ bindings: inout Bindings) { bindings.bytes(value) }
    static func read(_ row: inout RowReader) throws -> [UInt8]? { try row.bytesOrNil() }
}

enum UUIDKind: EchoKind {
    static let type = PostgresType.uuid
    static func bind(_ value: UUID?, _ bindings: inout Bindings) { bindings.uuid(value) }
    static func read(_ row: inout RowReader) throws -> UUID? { try row.uuidOrNil() }
}

enum TimestampKind: EchoKind {
    static let type = PostgresType.timestamptz
    static func bind(_ value: Int64?, _ bindings: inout Bindings) { bindings.timestamp(value) }
    static func read(_ row: inout RowReader) throws -> Int64? { try row.timestampOrNil() }
}

enum DateKind: EchoKind {
    static let type = PostgresType.date
    static func bind(_ value: Int32?, _ bindings: inout Bindings) { bindings.date(daysSince1970: value) }
    static func read(_ row: inout RowReader) throws -> Int32? { try row.dateOrNil() }
}

enum JSONBKind: EchoKind {
    static let type = PostgresType.jsonb
    static func bind(_ value: [UInt8]?, _ bindings: inout Bindings) { bindings.jsonb(value) }
    static func read(_ row: inout RowReader) throws -> [UInt8]? { try row.jsonbOrNil() }
}

enum JSONKind: EchoKind {
    static let type = PostgresType.json
    static func bind(_ value: [UInt8]?, _ bindings: inout Bindings) { bindings.jsonb(value) }
    static func read(_ row: inout RowReader) throws -> [UInt8]? { try row.jsonbOrNil() }
}

enum InetKind: EchoKind {
    static let type = PostgresType.inet
    static func bind(_ value: String?, _ bindings: inout Bindings) { bindings.inet(value) }
    static func read(_ row: inout RowReader) throws -> String? { try row.inetOrNil() }
}

enum BoolArrayKind: EchoKind {
    static let type = PostgresType.boolArray
    static func bind(_ value: [Bool], _ bindings: inout Bindings) { bindings.boolArray(value) }
    static func read(_ row: inout RowReader) throws -> [Bool] { try row.boolArray() }
}

enum Int2ArrayKind: EchoKind {
    static let type = PostgresType.int2Array
    static func bind(_ value: [Int16], _ bindings: inout Bindings) { bindings.int2Array(value) }
    static func read(_ row: inout RowReader) throws -> [Int16] { try row.int2Array() }
}

enum Int4ArrayKind: EchoKind {
    static let type = PostgresType.int4Array
    static func bind(_ value: [Int32], _ bindings: inout Bindings) { bindings.int4Array(value) }
    static func read(_ row: inout RowReader) throws -> [Int32] { try row.int4Array() }
}

enum Int8ArrayKind: EchoKind {
    static let type = PostgresType.int8Array
    static func bind(_ value: [Int64], _ bindings: inout Bindings) { bindings.int8Array(value) }
    static func read(_ row: inout RowReader) throws -> [Int64] { try row.int8Array() }
}

enum IntArrayKind: EchoKind {
    static let type = PostgresType.int8Array
    static func bind(_ value: [Int], _ bindings: inout Bindings) { bindings.intArray(value) }
    static func read(_ row: inout RowReader) throws -> [Int] { try row.intArray() }
}

enum Float8ArrayKind: EchoKind {
    static let type = PostgresType.float8Array
    static func bind(_ value: [Double], _ bindings: inout Bindings) { bindings.float8Array(value) }
    static func read(_ row: inout RowReader) throws -> [Double] { try row.float8Array() }
}

enum TextArrayKind: EchoKind {
    static let type = PostgresType.textArray
    static func bind(_ value: [String], _ bindings: inout Bindings) { bindings.textArray(value) }
    static func read(_ row: inout RowReader) throws -> [String] { try row.textArray() }
}

enum BytesArrayKind: EchoKind {
    static let type = PostgresType.byteaArray
    static func bind(_ value: [[UInt8]], _ bindings: inout Bindings) { bindings.bytesArray(value) }
    static func read(_ row: inout RowReader) throws -> [[UInt8]] { try row.bytesArray() }
}

enum UUIDArrayKind: EchoKind {
    static let type = PostgresType.uuidArray
    static func bind(_ value: [UUID], _ bindings: inout Bindings) { bindings.uuidArray(value) }
    static func read(_ row: inout RowReader) throws -> [UUID] { try row.uuidArray() }
}

enum TimestampArrayKind: EchoKind {
    static let type = PostgresType.timestamptzArray
    static func bind(_ value: [Int64], _ bindings: inout Bindings) { bindings.timestampArray(value) }
    static func read(_ row: inout RowReader) throws -> [Int64] { try row.timestampArray() }
}

enum DateArrayKind: EchoKind {
    static let type = PostgresType.dateArray
    static func bind(_ value: [Int32], _ bindings: inout Bindings) { bindings.dateArray(daysSince1970: value) }
    static func read(_ row: inout RowReader) throws -> [Int32] { try row.dateArray() }
}

enum JSONBArrayKind: EchoKind {
    static let type = PostgresType.jsonbArray
    static func bind(_ value: [[UInt8]], _ bindings: inout Bindings) { bindings.jsonbArray(value) }
    static func read(_ row: inout RowReader) throws -> [[UInt8]] { try row.jsonbArray() }
}

enum TextOptionalsKind: EchoKind {
    static let type = PostgresType.textArray
    static func bind(_ value: [String?], _ bindings: inout Bindings) { bindings.textArray(value) }
    static func read(_ row: inout RowReader) throws -> [String?] { try row.textArrayOptionals() }
}

enum UUIDOptionalsKind: EchoKind {
    static let type = PostgresType.uuidArray
    static func bind(_ value: [UUID?], _ bindings: inout Bindings) { bindings.uuidArray(value) }
    static func read(_ row: inout RowReader) throws -> [UUID?] { try row.uuidArrayOptionals() }
}

enum Int8OptionalsKind: EchoKind {
    static let type = PostgresType.int8Array
    static func bind(_ value: [Int64?], _ bindings: inout Bindings) { bindings.int8Array(value) }
    static func read(_ row: inout RowReader) throws -> [Int64?] { try row.int8ArrayOptionals() }
}

enum BoolOptionalsKind: EchoKind {
    static let type = PostgresType.boolArray
    static func bind(_ value: [Bool?], _ bindings: inout Bindings) { bindings.boolArray(value) }
    static func read(_ row: inout RowReader) throws -> [Bool?] { try row.boolArrayOptionals() }
}

enum TimestampOptionalsKind: EchoKind {
    static let type = PostgresType.timestamptzArray
    static func bind(_ value: [Int64?], _ bindings: inout Bindings) { bindings.timestampArray(value) }
    static func read(_ row: inout RowReader) throws -> [Int64?] { try row.timestampArrayOptionals() }
}
