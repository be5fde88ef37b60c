import Foundation
import Logging
import Synchronization
import Testing

@testable import Postgres

/// The PostgreSQL server of this test process: the one that `AW_TEST_DATABASE_URL` names, or one that is started on
/// first use and ends with the process.
enum TestServer {
    static let url: String = {
        if let given = ProcessInfo.processInfo.environment["AW_TEST_DATABASE_URL"], !given.isEmpty { return given }
        return start() ?? "postgresql://127.0.0.1:1/no-test-server-could-be-started"
    }()

    static func configuration(
        maximumConnections: Int = 4, acquireTimeout: Duration = .seconds(20), url: String = TestServer.url
    ) -> PostgresConfiguration {
        PostgresConfiguration(
            url: url, applicationName: "postgres-tests", maximumConnections: maximumConnections,
            acquireTimeout: acquireTimeout)
    }

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func withPool<T>(
        _ configuration: PostgresConfiguration = TestServer.configuration(), _ body: (PostgresPool) async throws -> T
    ) async throws -> T {
        let pool = PostgresPool(configuration: configuration, logger: logger)
        do {
            let value = try await body(pool)
            await pool.close()
            return value
        } catch {
            await pool.close()
            throw error
        }
    }

    /// The server ends when its standard input does, that is when this process has ended, however that happened.
    private static func start() -> String? {
        let binaries = "/usr/lib/postgresql/15/bin"
        let port = Int.random(in: 40_000..<60_000)
        let script = """
            set -e
            dir=$(mktemp -d /tmp/pg-postgres-tests-XXXXXX)
            \(binaries)/initdb -D "$dir/data" -U postgres -A trust -E UTF8 --no-sync >/dev/null
            \(binaries)/postgres -D "$dir/data" -p \(port) -c listen_addresses=127.0.0.1 -c fsync=off \
                -c unix_socket_directories="$dir" -c max_connections=100 >"$dir/log" 2>&1 </dev/null &
            server=$!
            until \(binaries)/pg_isready -q -h 127.0.0.1 -p \(port); do sleep 0.1; done
            echo ready
            cat >/dev/null || true
            kill -QUIT $server
            wait $server || true
            rm -rf "$dir"
            """
        let process = Process()
        let isRoot = geteuid() == 0
        process.executableURL = URL(fileURLWithPath: isRoot ? "/usr/sbin/runuser" : "/bin/sh")
        process.arguments = (isRoot ? ["-u", "postgres", "--", "/bin/sh"] : []) + ["-c", script]
        process.currentDirectoryURL = URL(fileURLWithPath: "/tmp")
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        keptOpen.withLock { $0 = input.fileHandleForWriting }
        guard (try? process.run()) != nil else { return nil }
        guard let answer = String(bytes: output.fileHandleForReading.availableData, encoding: .utf8),
            answer.hasPrefix("ready")
        else { return nil }
        return "postgresql://postgres@127.0.0.1:\(port)/postgres"
    }

    private static let keptOpen = Mutex<FileHandle?>(nil)
}

/// Waits until `condition` holds, and fails when it does not within ten seconds.
func expectEventually(
    sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("did not happen within ten seconds", sourceLocation: sourceLocation)
}

/// Fails unless a statement is answered.
func expectAnswer(_ querying: any Querying, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let next = try await querying.first(Increment(value: 1))
    #expect(next == 2, sourceLocation: sourceLocation)
}

/// Runs `body` and returns the ``PostgresError`` that it throws, or `nil` when it throws none.
func postgresError<T>(_ body: () async throws -> T) async -> PostgresError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? PostgresError
    }
}

func uniqueName(_ prefix: String) -> String {
    prefix + UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "")
}

extension PostgresPool {
    func script(_ sql: String) async throws {
        try await withConnection { try await $0.executeScript(sql) }
    }
}

/// What happened, in order, noted by several tasks.
final class Record<Entry: Sendable>: Sendable {
    private let storage = Mutex<[Entry]>([])
    var entries: [Entry] { storage.withLock { $0 } }
    func add(_ entry: Entry) { storage.withLock { $0.append(entry) } }
}
