import Foundation
import Testing

@testable import Postgres

private struct Refusal: Error {}

@Suite("A transaction happens as a whole or not at all")
struct TransactionTests {
    private let topic = uniqueName("t")

    private func withNotes(_ body: (PostgresPool) async throws -> Void) async throws {
        try await TestServer.withPool { pool in
            try await InsertNotes.makeTable(pool)
            try await body(pool)
            #expect(pool.statistics.idle == pool.statistics.open)
        }
    }

    private func expectNotes(
        _ count: Int, _ querying: any Querying, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let found = try await querying.first(CountNotes(topic: topic))
        #expect(found == count, sourceLocation: sourceLocation)
    }

    @Test("commits when the closure returns, and counts affected rows")
    func commits() async throws {
        try await withNotes { pool in
            let inserted = try await pool.withTransaction { transaction in
                try await transaction.execute(InsertNotes(topic: topic, ids: [UUID(), UUID()]))
            }
            #expect(inserted == 2)
            try await expectNotes(2, pool)
        }
    }

    @Test("is undone when the closure throws")
    func rollsBack() async throws {
        try await withNotes { pool in
            await #expect(throws: Refusal.self) {
                try await pool.withTransaction { transaction in
                    _ = try await transaction.execute(InsertNotes(topic: topic, ids: [UUID()]))
                    throw Refusal()
                }
            }
            try await expectNotes(0, pool)
            #expect(pool.statistics.discarded == 0)
        }
    }

    @Test("is undone when the task is cancelled, even if the closure returns")
    func cancelledTransaction() async throws {
        try await withNotes { pool in
            let error = await withTaskGroup(of: PostgresError?.self) { group in
                group.addTask {
                    await postgresError {
                        try await pool.withTransaction { transaction in
                            _ = try await transaction.execute(InsertNotes(topic: topic, ids: [UUID()]))
                            withUnsafeCurrentTask { $0?.cancel() }
                        }
                    }
                }
                return await group.next() ?? nil
            }
            #expect(error?.kind == .cancelled)
            try await expectNotes(0, pool)
        }
    }

    @Test("does not pretend to commit when a failure was swallowed")
    func swallowedFailure() async throws {
        try await withNotes { pool in
            let id = UUID()
            let error = await postgresError {
                try await pool.withTransaction { transaction in
                    _ = try await transaction.execute(InsertNotes(topic: topic, ids: [UUID()]))
                    _ = try? await transaction.execute(InsertNotes(topic: topic, ids: [id, id]))
                }
            }
            #expect(error?.sqlState == "23505")
            try await expectNotes(0, pool)
        }
    }

    @Test("settings hold inside and end with it, whatever characters they are made of")
    func settings() async throws {
        let value = "o'brien \\ \" $1; ROLLBACK; --"
        try await TestServer.withPool(TestServer.configuration(maximumConnections: 1)) { pool in
            let inside = try await pool.withTransaction(settings: [("app.company", value), ("app.user", "")]) {
                try await $0.first(CurrentSetting(setting: "app.company"))
            }
            #expect(inside == value)
            let after = try await pool.first(CurrentSetting(setting: "app.company"))
            #expect(after == "")
        }
    }

    @Test("refuses writes when read only")
    func readOnly() async throws {
        try await withNotes { pool in
            let error = await postgresError {
                try await pool.withTransaction(readOnly: true) { transaction in
                    try await transaction.execute(InsertNotes(topic: topic, ids: [UUID()]))
                }
            }
            #expect(error?.sqlState == "25006")
        }
    }

    @Test("cannot be used after its closure, nor a connection after its own")
    func escape() async throws {
        try await withNotes { pool in
            let escaped = try await pool.withTransaction { $0 }
            let late = await postgresError { try await escaped.query(Increment(value: 1)) }
            #expect(late?.kind == .misuse)
            let connection = try await pool.withConnection { $0 }
            let later = await postgresError { try await connection.query(Increment(value: 1)) }
            #expect(later?.kind == .misuse)
            try await expectAnswer(pool)
        }
    }

    @Test("nests in a connection, which is out of use meanwhile")
    func insideConnection() async throws {
        try await withNotes { pool in
            try await pool.withConnection { connection in
                try await connection.withTransaction { transaction in
                    _ = try await transaction.execute(InsertNotes(topic: topic, ids: [UUID()]))
                    let outside = await postgresError { try await connection.query(Increment(value: 1)) }
                    #expect(outside?.kind == .misuse)
                }
                try await expectNotes(1, connection)
            }
        }
    }

    @Test("a connection given back inside an open transaction is thrown away")
    func abandonedTransaction() async throws {
        try await TestServer.withPool { pool in
            try await pool.script("BEGIN")
            #expect(pool.statistics.discarded == 1)
            try await expectAnswer(pool)
        }
    }

    @Test("is tried again after a deadlock, and both sides succeed")
    func retriesDeadlock() async throws {
        let table = uniqueName("lock")
        try await TestServer.withPool { pool in
            try await pool.script("CREATE TABLE \(table)_1 (); CREATE TABLE \(table)_2 ()")
            let runs = try await withThrowingTaskGroup(of: Int.self) { group in
                let bothLocked = Rendezvous(parties: 2)
                for order in [(1, 2), (2, 1)] {
                    group.addTask {
                        var runs = 0
                        try await pool.withRetriedTransaction { transaction in
                            runs += 1
                            try await transaction.executeScript("LOCK TABLE \(table)_\(order.0)")
                            await bothLocked.arrive()
                            try await transaction.executeScript("LOCK TABLE \(table)_\(order.1)")
                        }
                        return runs
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(runs == 3)
        }
    }

    @Test("is not tried again after an error that repeating cannot cure")
    func doesNotRetryViolations() async throws {
        try await withNotes { pool in
            let id = UUID()
            var runs = 0
            let error = await postgresError {
                try await pool.withRetriedTransaction { transaction in
                    runs += 1
                    return try await transaction.execute(InsertNotes(topic: topic, ids: [id, id]))
                }
            }
            #expect(error?.sqlState == "23505")
            #expect(runs == 1)
        }
    }

    @Test("whose commit was not answered has an unknown outcome, and is repeated only on demand")
    func unknownCommit() async throws {
        let table = uniqueName("fatal")
        try await TestServer.withPool { pool in
            try await pool.script(
                """
                CREATE TABLE \(table) (id int);
                CREATE FUNCTION \(table)() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER fatal AFTER INSERT ON \(table) DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION \(table)();
                """)
            for (isRepeated, expectedRuns) in [(false, 1), (true, 3)] {
                var runs = 0
                let error = await postgresError {
                    try await pool.withRetriedTransaction(repeatsUnknownCommit: isRepeated) { transaction in
                        runs += 1
                        try await transaction.executeScript("INSERT INTO \(table) VALUES (1)")
                    }
                }
                #expect(error?.kind == .commitOutcomeUnknown)
                #expect(runs == expectedRuns)
            }
            try await expectAnswer(pool)
        }
    }

    @Test("runs its closure where the caller is isolated")
    func isolation() async throws {
        try await TestServer.withPool { pool in
            let counter = Counter()
            try await counter.count(in: pool)
            let value = await counter.value
            #expect(value == 2)
        }
    }
}

private actor Counter {
    private(set) var value = 0

    func count(in pool: PostgresPool) async throws {
        value = try await pool.withTransaction { transaction in
            value += 1
            return try await transaction.first(Increment(value: value)) ?? 0
        }
    }
}
