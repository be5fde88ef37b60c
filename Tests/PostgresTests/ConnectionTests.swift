import Foundation
import Testing

@testable import Postgres

/// Reads a table whose columns change under the prepared statement.
private struct ReadShape: Statement {
    static let name = "read_shape"
    static let sql = "SELECT * FROM shape"
    static let parameters: [PostgresType] = []
    typealias Row = Void
    func bind(_ bindings: inout Bindings) {}
}

private struct SameNameOtherSQL: Statement {
    static let name = "increment"
    static let sql = "SELECT 1 AS one"
    static let parameters: [PostgresType] = []
    typealias Row = Void
    func bind(_ bindings: inout Bindings) {}
}

@Suite("Connections come back, stop when told and explain statements")
struct ConnectionTests {
    private func expectSetting(
        _ name: String, _ value: String, _ pool: PostgresPool, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let found = try await pool.first(CurrentSetting(setting: name))
        #expect(found == value, sourceLocation: sourceLocation)
    }

    @Test("cancelling a task stops its statement on the server and leaves the connection usable")
    func cancellation() async throws {
        try await TestServer.withPool { pool in
            try await pool.withConnection { connection in
                let pid = connection.backendPID
                let error = try await withThrowingTaskGroup(of: PostgresError?.self) { group in
                    group.addTask { await postgresError { try await connection.execute(Sleep(seconds: 60)) } }
                    try await expectEventually { try await pool.first(RunningSleeps(pid: pid)) == 1 }
                    group.cancelAll()
                    return try await group.next() ?? nil
                }
                #expect(error?.kind == .cancelled)
                #expect(try await pool.first(RunningSleeps(pid: pid)) == 0)
                #expect(try await connection.first(BackendPID()) == pid)
            }
        }
    }

    @Test("a cancelled statement never takes the next one with it")
    func cancellationHitsOnlyItsOwn() async throws {
        try await TestServer.withPool(TestServer.configuration(maximumConnections: 1)) { pool in
            for round in 0..<200 {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { _ = try? await pool.execute(Sleep(seconds: 0.0005)) }
                    if round % 2 == 0 { await Task.yield() }
                    group.cancelAll()
                }
                let next = try await pool.first(Increment(value: round))
                #expect(next == round + 1)
            }
            #expect(pool.statistics.discarded == 0)
        }
    }

    @Test("a statement that exceeds the time limit is stopped by the server")
    func statementTimeout() async throws {
        var configuration = TestServer.configuration()
        configuration.statementTimeout = .milliseconds(50)
        try await TestServer.withPool(configuration) { pool in
            let error = await postgresError { try await pool.execute(Sleep(seconds: 60)) }
            #expect(error?.kind == .statementTimeout)
            #expect(error?.sqlState == "57014")
            try await expectAnswer(pool)
        }
    }

    @Test("an idle connection that the server ended is replaced before anybody notices")
    func replacesEndedConnection() async throws {
        try await TestServer.withPool(TestServer.configuration(maximumConnections: 1)) { pool in
            let pid = try #require(try await pool.first(BackendPID()))
            try await TestServer.withPool { other in
                let isDone = try await other.first(TerminateBackend(pid: pid))
                #expect(isDone == true)
            }
            let next = try await pool.first(BackendPID())
            #expect(next != nil && next != pid)
            #expect(pool.statistics.discarded == 1)
        }
    }

    @Test("a connection that ends under a statement is an error worth repeating, and the pool goes on")
    func lostConnection() async throws {
        try await TestServer.withPool(TestServer.configuration(maximumConnections: 1)) { pool in
            let error = try await TestServer.withPool { other in
                try await withThrowingTaskGroup(of: PostgresError?.self) { group in
                    let pid = try #require(try await pool.first(BackendPID()))
                    group.addTask { await postgresError { try await pool.execute(Sleep(seconds: 60)) } }
                    try await expectEventually { try await other.first(RunningSleeps(pid: pid)) == 1 }
                    _ = try await other.first(TerminateBackend(pid: pid))
                    return try await group.next() ?? nil
                }
            }
            #expect(error?.kind == .connectionLost)
            #expect(error?.sqlState == "57P01")
            #expect(error?.isRetryable == true)
            try await expectAnswer(pool)
        }
    }

    @Test("a transaction whose connection ends is repeated on another")
    func retriesLostTransaction() async throws {
        try await TestServer.withPool { pool in
            var pids: [Int32] = []
            try await pool.withRetriedTransaction { transaction in
                let pid = try #require(try await transaction.first(BackendPID()))
                pids.append(pid)
                if pids.count == 1 { _ = try await pool.first(TerminateBackend(pid: pid)) }
                _ = try await transaction.first(Increment(value: 1))
            }
            #expect(Set(pids).count == 2)
        }
    }

    @Test("of several hosts, the one that answers is used")
    func secondHost() async throws {
        let url = TestServer.url.replacingOccurrences(of: "127.0.0.1:", with: "127.0.0.1:1,127.0.0.1:")
        try #require(url != TestServer.url)
        try await TestServer.withPool(TestServer.configuration(url: url)) { pool in
            try await expectAnswer(pool)
        }
    }

    @Test("a statement whose table changed is prepared anew, and in a transaction the error is worth repeating")
    func stalePlan() async throws {
        let schema = uniqueName("s")
        try await TestServer.withPool { pool in
            try await pool.withConnection { connection in
                try await connection.executeScript(
                    "CREATE SCHEMA \(schema); SET search_path = \(schema); CREATE TABLE shape (a int)")
                #expect(try await connection.query(ReadShape()).isEmpty)
                try await connection.executeScript("ALTER TABLE shape ADD b text")
                #expect(try await connection.query(ReadShape()).isEmpty)
                try await connection.executeScript("DEALLOCATE ALL")
                #expect(try await connection.query(ReadShape()).isEmpty)
                try await connection.executeScript("ALTER TABLE shape ADD c text")
                let error = await postgresError {
                    try await connection.withTransaction { _ = try await $0.query(ReadShape()) }
                }
                #expect(error?.kind == .stalePlan)
                #expect(error?.isRetryable == true)
                try await connection.withTransaction { _ = try await $0.query(ReadShape()) }
            }
        }
    }

    @Test("two statements with one name are told apart")
    func duplicateName() async throws {
        try await TestServer.withPool { pool in
            try await pool.withConnection { connection in
                try await expectAnswer(connection)
                let error = await postgresError { try await connection.execute(SameNameOtherSQL()) }
                #expect(error?.kind == .misuse)
            }
        }
    }

    @Test("a statement can be described without being run")
    func describe() async throws {
        try await TestServer.withPool { pool in
            try await pool.withConnection { connection in
                let found = try await connection.describe(
                    sql: "SELECT $1::uuid AS id, now() AS at", parameterTypes: nil)
                #expect(found.parameterOIDs == [PostgresType.uuid.oid])
                #expect(found.columns == [.init(name: "id", oid: 2950), .init(name: "at", oid: 1184)])
                let declared = try await connection.describe(
                    sql: Notify.sql, parameterTypes: Notify.parameters)
                #expect(declared.columns.map(\.oid) == [PostgresType.void.oid])
            }
        }
    }

    @Test("sessions run in UTC, under the application's name and the given role")
    func sessionSettings() async throws {
        let role = uniqueName("role-\"quoted\"-").prefix(40)
        try await TestServer.withPool { pool in
            let quoted = role.replacingOccurrences(of: "\"", with: "\"\"")
            try await pool.script("CREATE ROLE \"\(quoted)\"")
        }
        var configuration = TestServer.configuration()
        configuration.role = String(role)
        try await TestServer.withPool(configuration) { pool in
            try await expectSetting("TimeZone", "UTC", pool)
            try await expectSetting("role", String(role), pool)
            try await expectSetting("application_name", "postgres-tests", pool)
            try await expectSetting("statement_timeout", "30s", pool)
        }
    }
}
