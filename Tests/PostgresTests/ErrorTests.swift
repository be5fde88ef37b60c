import Foundation
import Testing

@testable import Postgres

/// Fails at execution in a way that makes the server quote the value.
private struct CastToInteger: Statement {
    let text: String
    static let name = "cast_to_integer"
    static let sql = "SELECT $1::text::int4 AS number"
    static let parameters: [PostgresType] = [.text]
    static let columns = [Column("number", .int4)]
    func bind(_ bindings: inout Bindings) { bindings.text(text) }
    static func decode(_ row: inout RowReader) throws -> Int { try row.int() }
}

private struct CastToTable: Statement {
    let text: String
    static let name = "cast_to_table"
    static let sql = "SELECT $1::text::regclass::text AS name"
    static let parameters: [PostgresType] = [.text]
    static let columns = [Column("name", .text)]
    func bind(_ bindings: inout Bindings) { bindings.text(text) }
    static func decode(_ row: inout RowReader) throws -> String { try row.text() }
}

private struct RaiseText: Statement {
    let state: String
    let text: String
    static let name = "raise_text"
    static let sql = "SELECT pg_temp.raise_text($1, $2)"
    static let parameters: [PostgresType] = [.text, .text]
    typealias Row = Void
    func bind(_ bindings: inout Bindings) {
        bindings.text(state)
        bindings.text(text)
    }
    static let function = """
        CREATE FUNCTION pg_temp.raise_text(state text, message text) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '%', message USING ERRCODE = state, DETAIL = message, HINT = message; END $$
        """
}

private struct Misspelt: Statement {
    static let name = "misspelt"
    static let sql = "SELECT nothing FROM nowhere"
    static let parameters: [PostgresType] = []
    typealias Row = Void
    func bind(_ bindings: inout Bindings) {}
}

private struct WronglyDeclared: Statement {
    static let name = "wrongly_declared"
    static let sql = "SELECT 'secret-value'::text AS note"
    static let parameters: [PostgresType] = []
    static let columns = [Column("note", .int8)]
    func bind(_ bindings: inout Bindings) {}
    static func decode(_ row: inout RowReader) throws -> Int { try row.int() }
}

private struct WronglyRead: Statement {
    let isNull: Bool
    static let name = "wrongly_read"
    static let sql = "SELECT CASE WHEN $1 THEN NULL ELSE 'secret-value' END AS note"
    static let parameters: [PostgresType] = [.bool]
    static let columns = [Column("note", .text)]
    func bind(_ bindings: inout Bindings) { bindings.bool(isNull) }
    static func decode(_ row: inout RowReader) throws -> String {
        try row.textOrNil() == nil ? "" : "\(row.int())"
    }
}

private struct WronglyBound: Statement {
    static let name = "wrongly_bound"
    static let sql = "SELECT $1 AS number"
    static let parameters: [PostgresType] = [.int8]
    typealias Row = Void
    let values: [String]
    func bind(_ bindings: inout Bindings) { for value in values { bindings.text(value) } }
}

@Suite("Errors say what to do and nothing that a user sent")
struct ErrorTests {
    private let secret = "secret-value"

    private func expectSilence(_ error: PostgresError?, sourceLocation: SourceLocation = #_sourceLocation) {
        guard let error else { return }
        for text in ["\(error)", String(reflecting: error), error.localizedDescription, error.publicMessage ?? ""] {
            #expect(!text.contains("secret"), sourceLocation: sourceLocation)
        }
        var dumped = ""
        dump(error, to: &dumped)
        #expect(!dumped.contains("secret"), sourceLocation: sourceLocation)
    }

    @Test("a value that the server quotes in its message is not repeated")
    func valuesStayPrivate() async throws {
        try await TestServer.withPool { pool in
            let cast = await postgresError { try await pool.query(CastToInteger(text: secret)) }
            #expect(cast?.sqlState == "22P02")
            #expect(cast?.statement == "cast_to_integer")
            #expect(cast?.isRetryable == false)
            expectSilence(cast)
            let table = await postgresError { try await pool.query(CastToTable(text: secret)) }
            #expect(table?.sqlState == "42P01")
            expectSilence(table)
            let nul = await postgresError { try await pool.query(CurrentSetting(setting: "secret\0")) }
            #expect(nul?.sqlState == "22021")
            expectSilence(nul)
        }
    }

    @Test("what a function raises is not repeated, whatever code it claims", arguments: ["P0001", "40001", "57000"])
    func raisedTextStaysPrivate(state: String) async throws {
        try await TestServer.withPool { pool in
            try await pool.withConnection { connection in
                try await connection.executeScript(RaiseText.function)
                let error = await postgresError {
                    try await connection.execute(RaiseText(state: state, text: secret))
                }
                #expect(error?.sqlState == state)
                #expect(error?.isRetryable == (state == "40001"))
                expectSilence(error)
            }
        }
    }

    @Test("a violated constraint is named, with its table, and not the row")
    func constraintsAreNamed() async throws {
        try await TestServer.withPool { pool in
            try await InsertNotes.makeTable(pool)
            let id = UUID()
            let twice = await postgresError { try await pool.execute(InsertNotes(topic: secret, ids: [id, id])) }
            #expect(twice?.sqlState == "23505")
            #expect(twice?.constraint == "notes_pkey")
            #expect(twice?.table == "notes")
            #expect(twice?.schema == "public")
            expectSilence(twice)
            #expect(twice.map { !"\($0)".contains(id.uuidString.lowercased()) } == true)
            let long = String(repeating: secret, count: 9)
            let check = await postgresError { try await pool.execute(InsertNotes(topic: long, ids: [id])) }
            #expect(check?.constraint == "notes_topic_short")
            expectSilence(check)
        }
    }

    @Test("SQL that does not fit the schema is explained, with the position")
    func sqlErrorsAreExplained() async throws {
        try await TestServer.withPool { pool in
            let error = await postgresError { try await pool.execute(Misspelt()) }
            #expect(error?.sqlState == "42P01")
            #expect(error?.publicMessage == "relation \"nowhere\" does not exist")
            #expect(error?.position == 21)
            #expect(error?.statement == "misspelt")
            try await expectAnswer(pool)
        }
    }

    @Test("a result or parameters that do not fit the declaration name the statement and the column, not the value")
    func declarationsAreChecked() async throws {
        try await TestServer.withPool { pool in
            let declared = await postgresError { try await pool.query(WronglyDeclared()) }
            #expect(declared?.kind == .decoding)
            #expect(declared?.statement == "wrongly_declared")
            #expect(declared?.column == "note")
            expectSilence(declared)
            let read = await postgresError { try await pool.query(WronglyRead(isNull: false)) }
            #expect(read?.kind == .decoding)
            expectSilence(read)
            for values in [["secret"], [], ["secret", "secret"]] {
                let bound = await postgresError { try await pool.execute(WronglyBound(values: values)) }
                #expect(bound?.kind == .binding)
                expectSilence(bound)
            }
            #expect(pool.statistics.discarded == 0)
        }
    }

    @Test(
        "work is worth repeating after conflicts, shutdowns and lost connections only",
        arguments: [
            ("40001", true), ("40P01", true), ("08006", true), ("57P01", true), ("57P02", true), ("57P03", true),
            ("55P03", true), ("57014", false), ("23505", false), ("22P02", false), ("42P01", false), ("53100", false),
        ])
    func retryability(state: String, isRetryable: Bool) {
        #expect(PostgresError(.server, sqlState: state).isRetryable == isRetryable)
        #expect(PostgresError(.connectionLost).isRetryable)
        #expect(!PostgresError(.cancelled).isRetryable)
    }

    @Test("an unreadable URL is refused without quoting its password")
    func badURL() async throws {
        for url in ["postgresql://u:secret@host:port/db", "postgresql://u:secret@host/db?secret=1", "", "secret"] {
            let configuration = TestServer.configuration(url: url)
            expectSilence(await postgresError { try configuration.validate() })
            try await TestServer.withPool(configuration) { pool in
                let error = await postgresError { try await pool.query(Increment(value: 1)) }
                #expect(error?.kind == .invalidConfiguration)
                expectSilence(error)
            }
            var printed = "\(configuration) \(String(reflecting: configuration))"
            dump(configuration, to: &printed)
            #expect(!printed.contains("secret"))
        }
    }

    @Test("a database that does not exist is refused at once, with its SQLSTATE")
    func unknownDatabase() async throws {
        let name = try #require(TestServer.url.range(of: "/postgres", options: .backwards))
        let configuration = TestServer.configuration(url: TestServer.url.replacingCharacters(in: name, with: "/none"))
        try await TestServer.withPool(configuration) { pool in
            let error = await postgresError { try await pool.query(Increment(value: 1)) }
            #expect(error?.kind == .connectionFailed)
            #expect(error?.sqlState == "3D000")
            #expect(error?.isRetryable == false)
        }
    }
}
