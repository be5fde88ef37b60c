import Foundation
import Testing

@testable import Postgres

/// What the server sent back, and how it prints what it was sent.
private struct Echoed<Value: Sendable & Equatable>: Sendable, Equatable {
    let value: Value
    let text: String?
}

/// Sends a value of one kind and reads it back.
private struct Echo<Kind: EchoKind>: Statement {
    let value: Kind.Value
    static var name: String { "echo_\(Kind.self)" }
    static var sql: String { "SELECT $1 AS value, $1::text AS text" }
    static var parameters: [PostgresType] { [Kind.type] }
    static var columns: [Column] { [Column("value", Kind.type), Column("text", .text)] }
    func bind(_ bindings: inout Bindings) { Kind.bind(value, &bindings) }
    static func decode(_ row: inout RowReader) throws -> Echoed<Kind.Value> {
        Echoed(value: try Kind.read(&row), text: try row.textOrNil())
    }
}

/// A type of value with its way to and from the server.
protocol EchoKind {
    associatedtype Value: Sendable & Equatable
    static var type: PostgresType { get }
    static func bind(_ value: Value, _ bindings: inout Bindings)
    static func read(_ row: inout RowReader) throws -> Value
}

@Suite("Values survive the way to the server and back")
struct RoundTripTests {
    private func echo<Kind: EchoKind>(_ kind: Kind.Type, _ values: [(Kind.Value, String?)]) async throws {
        try await TestServer.withPool { pool in
            try await pool.withConnection { connection in
                for (value, text) in values {
                    let echoed = try await connection.first(Echo<Kind>(value: value))
                    #expect(echoed == Echoed(value: value, text: text))
                }
            }
        }
    }

    @Test("bool, integers and floating point numbers, with their extremes and NULL")
    func numbers() async throws {
        try await echo(BoolKind.self, [(true, "true"), (false, "false"), (nil, nil)])
        try await echo(Int2Kind.self, [(.min, "-32768"), (.max, "32767"), (nil, nil)])
        try await echo(Int4Kind.self, [(.min, "-2147483648"), (.max, "2147483647"), (0, "0"), (nil, nil)])
        try await echo(
            Int8Kind.self, [(.min, "-9223372036854775808"), (.max, "9223372036854775807"), (-1, "-1"), (nil, nil)])
        try await echo(
            Float8Kind.self,
            [
                (0.1, "0.1"), (-.infinity, "-Infinity"), (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
                (.leastNonzeroMagnitude, "5e-324"), (nil, nil),
            ])
    }

    @Test("text, bytes and identifiers, empty, long and beyond ASCII")
    func strings() async throws {
        let long = String(repeating: "ä𝄞", count: 200_000)
        try await echo(TextKind.self, [("", ""), ("o'brien \\ \"", "o'brien \\ \""), (long, long), (nil, nil)])
        try await echo(BytesKind.self, [([], "\\x"), ([0, 1, 255], "\\x0001ff"), (nil, nil)])
        let id = try #require(UUID(uuidString: "00112233-4455-6677-8899-AABBCCDDEEFF"))
        try await echo(UUIDKind.self, [(id, "00112233-4455-6677-8899-aabbccddeeff"), (nil, nil)])
    }

    @Test("moments and days before and after both epochs, and infinity")
    func times() async throws {
        try await echo(
            TimestampKind.self,
            [
                (0, "1970-01-01 00:00:00+00"), (946_684_800_000_001, "2000-01-01 00:00:00.000001+00"),
                (-1, "1969-12-31 23:59:59.999999+00"), (.max, "infinity"), (.min, "-infinity"), (nil, nil),
            ])
        try await echo(
            DateKind.self,
            [
                (0, "1970-01-01"), (10_957, "2000-01-01"), (-719_528, "0001-01-01 BC"), (.max, "infinity"),
                (.min, "-infinity"), (nil, nil),
            ])
    }

    @Test("JSON and addresses")
    func documents() async throws {
        try await echo(JSONBKind.self, [(Array("{\"a\": [1, null]}".utf8), "{\"a\": [1, null]}"), (nil, nil)])
        try await echo(JSONKind.self, [(Array("{ }".utf8), "{ }"), (nil, nil)])
        try await echo(
            InetKind.self,
            [
                ("192.0.2.1", "192.0.2.1/32"), ("10.0.0.0/8", "10.0.0.0/8"), ("2001:db8::1", "2001:db8::1/128"),
                (nil, nil),
            ])
    }

    @Test("arrays of every element type, empty and full")
    func arrays() async throws {
        let id = try #require(UUID(uuidString: "00112233-4455-6677-8899-AABBCCDDEEFF"))
        try await echo(BoolArrayKind.self, [([true, false], "{t,f}"), ([], "{}")])
        try await echo(Int2ArrayKind.self, [([.min, .max], "{-32768,32767}"), ([], "{}")])
        try await echo(Int4ArrayKind.self, [([.min, 7], "{-2147483648,7}"), ([], "{}")])
        try await echo(Int8ArrayKind.self, [([.max, -7], "{9223372036854775807,-7}"), ([], "{}")])
        try await echo(IntArrayKind.self, [([1, 2, 3], "{1,2,3}"), ([], "{}")])
        try await echo(Float8ArrayKind.self, [([0.5, -1e300], "{0.5,-1e+300}"), ([], "{}")])
        try await echo(TextArrayKind.self, [(["a", "", "b,\"c"], "{a,\"\",\"b,\\\"c\"}"), ([], "{}")])
        try await echo(BytesArrayKind.self, [([[0], []], "{\"\\\\x00\",\"\\\\x\"}"), ([], "{}")])
        try await echo(UUIDArrayKind.self, [([id], "{00112233-4455-6677-8899-aabbccddeeff}"), ([], "{}")])
        try await echo(TimestampArrayKind.self, [([0, .max], "{\"1970-01-01 00:00:00+00\",infinity}"), ([], "{}")])
        try await echo(DateArrayKind.self, [([0, 10_957], "{1970-01-01,2000-01-01}"), ([], "{}")])
        try await echo(JSONBArrayKind.self, [([Array("{}".utf8), Array("1".utf8)], "{\"{}\",1}"), ([], "{}")])
    }

    @Test("NULL elements inside arrays")
    func optionalElements() async throws {
        let id = UUID()
        try await echo(TextOptionalsKind.self, [([nil, "NULL", ""], "{NULL,\"NULL\",\"\"}"), ([], "{}")])
        try await echo(UUIDOptionalsKind.self, [([id, nil], "{\(id.uuidString.lowercased()),NULL}")])
        try await echo(Int8OptionalsKind.self, [([nil, nil, 3], "{NULL,NULL,3}")])
        try await echo(BoolOptionalsKind.self, [([nil, true], "{NULL,t}")])
        try await echo(TimestampOptionalsKind.self, [([nil, 0], "{NULL,\"1970-01-01 00:00:00+00\"}")])
    }

    @Test("what a type cannot hold is refused before it is sent")
    func outOfRange() async throws {
        try await TestServer.withPool { pool in
            let errors = [
                await postgresError { try await pool.query(Echo<TimestampKind>(value: .min + 1)) },
                await postgresError { try await pool.query(Echo<TimestampArrayKind>(value: [0, .min + 1])) },
                await postgresError { try await pool.query(Echo<DateKind>(value: .min + 1)) },
                await postgresError { try await pool.query(Echo<InetKind>(value: "10.0.0.0/33")) },
                await postgresError { try await pool.query(Echo<InetKind>(value: "localhost")) },
            ]
            #expect(errors.map { $0?.kind } == Array(repeating: .binding, count: errors.count))
        }
    }

    @Test("an array of ten thousand elements")
    func longArray() async throws {
        let values = (0..<10_000).map { "element \($0)" }
        try await TestServer.withPool { pool in
            let echoed = try await pool.first(Echo<TextArrayKind>(value: values))
            #expect(echoed?.value == values)
        }
    }
}
