import Domain
import Foundation
import Logging
import Postgres
import Store

/// A freshly migrated database of its own for one test, dropped afterwards.
///
/// The server is named by `AW_TEST_DATABASE_URL`, a superuser's URL; `scripts/test` starts one. At most four databases
/// exist at once.
public struct TestDatabase: Sendable {
    public struct NoServer: Error, CustomStringConvertible {
        public var description: String {
            "AW_TEST_DATABASE_URL is not set: run the tests by scripts/test, which starts a PostgreSQL for them"
        }
    }

    /// The URL of a superuser, who is a member of every role.
    public let url: String
    public let name: String

    /// Makes a database, runs `body`, and drops it again, also when `body` throws.
    public static func with<T: Sendable>(_ body: @Sendable (TestDatabase) async throws -> T) async throws -> T {
        await slots.take()
        do {
            let database = try await make()
            do {
                let result = try await body(database)
                await database.drop()
                await slots.giveBack()
                return result
            } catch {
                await database.drop()
                throw error
            }
        } catch {
            await slots.giveBack()
            throw error
        }
    }

    /// A pool with the rights of a service. Close it before the test ends.
    public func pool(role: String? = "aw_worker", connections: Int = 4) -> PostgresPool {
        PostgresPool(
            configuration: PostgresConfiguration(
                url: url, applicationName: "test", role: role, maximumConnections: connections),
            logger: TestLog.logger)
    }

    /// A pool for as long as `body` runs.
    public func withPool<T: Sendable>(
        role: String? = "aw_worker", connections: Int = 4, _ body: @Sendable (PostgresPool) async throws -> T
    ) async throws -> T {
        let pool = pool(role: role, connections: connections)
        do {
            let result = try await body(pool)
            await pool.close()
            return result
        } catch {
            await pool.close()
            throw error
        }
    }

    /// Runs SQL as the superuser: to look, or to arrange what no part of the product may do.
    public func script(_ sql: String) async throws {
        try await withPool(role: nil, connections: 1) { pool in
            try await pool.withConnection { try await $0.executeScript(sql) }
        }
    }

    /// One number, as the superuser: `SELECT count(*) …`.
    public func count(_ sql: String) async throws -> Int {
        try await script("CREATE OR REPLACE FUNCTION test_count() RETURNS bigint LANGUAGE sql AS $test$ \(sql) $test$")
        return try await withPool(role: nil, connections: 1) { try await $0.first(ReadTestCount()) ?? 0 }
    }

    /// Sets the clock of every process that uses this database so far ahead of the real one.
    public func setClock(ahead seconds: Double) async throws {
        try await script(
            """
            INSERT INTO clock_offset (value) VALUES (make_interval(secs => \(seconds)))
            ON CONFLICT (only_row) DO UPDATE SET value = excluded.value
            """)
    }

    private static let slots = Slots(4)
    private static let template = Template()

    private static func make() async throws -> TestDatabase {
        let server = try serverURL()
        let template = try await template.name(on: server)
        let name = "aw_test_\(UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: ""))"
        try await run("CREATE DATABASE \(name) TEMPLATE \(template)", on: server)
        return TestDatabase(url: replaceDatabase(of: server, by: name), name: name)
    }

    private func drop() async {
        guard let server = try? Self.serverURL() else { return }
        try? await Self.run("DROP DATABASE IF EXISTS \(name) WITH (FORCE)", on: server)
    }

    static func serverURL() throws -> String {
        guard let url = ProcessInfo.processInfo.environment["AW_TEST_DATABASE_URL"], !url.isEmpty else {
            throw NoServer()
        }
        return url
    }

    static func run(_ sql: String, on url: String) async throws {
        let pool = PostgresPool(
            configuration: PostgresConfiguration(
                url: url, applicationName: "test", role: nil, maximumConnections: 2),
            logger: TestLog.logger)
        do {
            try await pool.withConnection { try await $0.executeScript(sql) }
            await pool.close()
        } catch {
            await pool.close()
            throw error
        }
    }

    static func replaceDatabase(of url: String, by name: String) -> String {
        let (address, query) = url.firstIndex(of: "?").map { (url[..<$0], url[$0...]) } ?? (url[...], "")
        let scheme = address.range(of: "://")?.upperBound ?? address.startIndex
        let slash = address[scheme...].firstIndex(of: "/") ?? address.endIndex
        return address[..<slash] + "/" + name + query
    }
}

/// The migrated database that tests' databases are copied from; made once per process.
private actor Template {
    private var made: Task<String, any Error>?

    func name(on server: String) async throws -> String {
        if let made { return try await made.value }
        let task = Task {
            let name = "aw_template_\(ProcessInfo.processInfo.processIdentifier)"
            try await TestDatabase.run("DROP DATABASE IF EXISTS \(name) WITH (FORCE)", on: server)
            try await TestDatabase.run("CREATE DATABASE \(name)", on: server)
            let pool = PostgresPool(
                configuration: PostgresConfiguration(
                    url: TestDatabase.replaceDatabase(of: server, by: name), applicationName: "test", role: nil,
                    maximumConnections: 2),
                logger: TestLog.logger)
            do {
                _ = try await Migrator(pool: pool).apply()
                await pool.close()
            } catch {
                await pool.close()
                throw error
            }
            return name
        }
        made = task
        return try await task.value
    }
}

/// Lets a limited number through at once.
private actor Slots {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ free: Int) { self.free = free }

    func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func giveBack() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}

struct ReadTestCount: Statement {
    typealias Row = Int
    static let name = "read_test_count"
    static let sql = "SELECT test_count()"
    static let parameters: [PostgresType] = []
    static let columns = [Column("test_count", .int8)]

    func bind(_ bindings: inout Bindings) {}

    static func decode(_ row: inout RowReader) throws -> Int { try row.int() }
}

/// The logger of tests: says nothing below critical unless `AW_TEST_LOG` is set.
public enum TestLog {
    public static let logger: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel =
            ProcessInfo.processInfo.environment["AW_TEST_LOG"].flatMap(Logger.Level.init(rawValue:)) ?? .critical
        return logger
    }()
}

extension TestDatabase {
    /// One column of texts, as the superuser, in the order of the query.
    public func texts(_ sql: String) async throws -> [String] {
        try await script(
            "CREATE OR REPLACE FUNCTION test_texts() RETURNS SETOF text LANGUAGE sql AS $test$ \(sql) $test$")
        return try await withPool(role: nil, connections: 1) { try await $0.query(ReadTestTexts()) }
    }
}

struct ReadTestTexts: Statement {
    typealias Row = String
    static let name = "read_test_texts"
    static let sql = "SELECT test_texts()"
    static let parameters: [PostgresType] = []
    static let columns = [Column("test_texts", .text)]

    func bind(_ bindings: inout Bindings) {}

    static func decode(_ row: inout RowReader) throws -> String { try row.text() }
}
