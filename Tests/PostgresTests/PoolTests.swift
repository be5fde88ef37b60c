import Foundation
import Logging
import ServiceLifecycle
import Testing

@testable import Postgres

@Suite("A pool shares few connections fairly")
struct PoolTests {
    @Test("never opens more connections than it may")
    func limit() async throws {
        try await TestServer.withPool(TestServer.configuration(maximumConnections: 2)) { pool in
            let pids = try await withThrowingTaskGroup(of: Int32?.self) { group in
                for _ in 0..<50 { group.addTask { try await pool.first(BackendPID()) } }
                return try await group.reduce(into: Set<Int32?>()) { $0.insert($1) }
            }
            #expect((1...2).contains(pids.count))
            #expect(pool.statistics.open <= 2)
            #expect(pool.statistics.acquired >= 50)
        }
    }

    @Test("serves those who wait in the order of asking")
    func order() async throws {
        try await TestServer.withPool(TestServer.configuration(maximumConnections: 1)) { pool in
            let served = Record<Int>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                try await pool.withConnection { _ in
                    for number in 0..<5 {
                        group.addTask { try await pool.withConnection { _ in served.add(number) } }
                        try await expectEventually { pool.statistics.waiting == number + 1 }
                    }
                }
                try await group.waitForAll()
            }
            #expect(served.entries == [0, 1, 2, 3, 4])
            #expect(pool.statistics.acquireWaitNanoseconds > 0)
        }
    }

    @Test("gives up waiting after the acquire timeout")
    func acquireTimeout() async throws {
        let configuration = TestServer.configuration(maximumConnections: 1)
        try await TestServer.withPool(configuration) { warm in
            _ = try await warm.first(Increment(value: 1))
        }
        var impatient = configuration
        impatient.acquireTimeout = .seconds(2)
        try await TestServer.withPool(impatient) { pool in
            try await pool.withConnection { connection in
                let error = await postgresError { try await pool.query(Increment(value: 1)) }
                #expect(error?.kind == .acquireTimeout)
                #expect(pool.statistics.acquireTimeouts == 1)
                #expect(pool.statistics.waiting == 0)
                try await expectAnswer(connection)
            }
            try await expectAnswer(pool)
        }
    }

    @Test("lets go of a waiter who is cancelled, and serves the next")
    func cancelledWaiter() async throws {
        try await TestServer.withPool(TestServer.configuration(maximumConnections: 1)) { pool in
            let error = try await withThrowingTaskGroup(of: PostgresError?.self) { group in
                try await pool.withConnection { _ in
                    group.addTask { await postgresError { try await pool.query(Increment(value: 1)) } }
                    try await expectEventually { pool.statistics.waiting == 1 }
                    group.cancelAll()
                    return try await group.next() ?? nil
                }
            }
            #expect(error?.kind == .cancelled)
            #expect(pool.statistics.waiting == 0)
            try await expectAnswer(pool)
        }
    }

    @Test("says why when the database cannot be reached")
    func unreachable() async throws {
        let configuration = TestServer.configuration(
            acquireTimeout: .milliseconds(300), url: "postgresql://postgres@127.0.0.1:1/postgres")
        try await TestServer.withPool(configuration) { pool in
            let error = await postgresError { try await pool.query(Increment(value: 1)) }
            #expect(error?.kind == .connectionFailed)
            #expect(error?.isRetryable == true)
            #expect(pool.statistics.consecutiveConnectFailures > 0)
        }
    }

    @Test("closing waits for those inside and refuses those who come later")
    func closing() async throws {
        let pool = PostgresPool(configuration: TestServer.configuration(), logger: TestServer.logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            try await pool.withConnection { connection in
                group.addTask { await pool.close() }
                try await expectEventually { await postgresError { try await pool.query(BackendPID()) } != nil }
                try await expectAnswer(connection)
            }
            try await group.waitForAll()
        }
        let error = await postgresError { try await pool.query(Increment(value: 1)) }
        #expect(error?.kind == .poolClosed)
        #expect(pool.statistics.open == 0)
        await pool.close()
    }

    @Test("as a service, opens what shall always be there and closes on graceful shutdown")
    func service() async throws {
        var configuration = TestServer.configuration()
        configuration.minimumIdle = 2
        let pool = PostgresPool(configuration: configuration, logger: TestServer.logger)
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: pool)], logger: TestServer.logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await expectEventually { pool.statistics.idle == 2 }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(pool.statistics.open == 0)
        #expect(await postgresError { try await pool.query(BackendPID()) }?.kind == .poolClosed)
    }
}
