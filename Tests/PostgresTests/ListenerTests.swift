import Foundation
import ServiceLifecycle
import Testing

@testable import Postgres

@Suite("A listener hears what is notified")
struct ListenerTests {
    private let channel = uniqueName("Channel \"x\" ").prefix(40)

    /// Runs a listener and tells `body` what it has heard so far.
    private func listening(
        applicationName: String,
        _ body: (PostgresPool, @escaping @Sendable () -> [PostgresListener.Event]) async throws
            -> Void
    ) async throws {
        var configuration = TestServer.configuration()
        configuration.applicationName = applicationName
        let listener = PostgresListener(
            configuration: configuration, channels: [String(channel), "other"], logger: TestServer.logger)
        let heard = Record<PostgresListener.Event>()
        try await TestServer.withPool { pool in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await listener.run { heard.add($0) } }
                try await expectEventually { heard.entries == [.connected] }
                try await body(pool) { heard.entries }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    @Test("in order and with the payload, and stops when cancelled")
    func hears() async throws {
        try await listening(applicationName: "listener") { pool, events in
            for number in 0..<100 {
                _ = try await pool.execute(Notify(channel: String(channel), payload: "ä \(number)"))
            }
            try await expectEventually { events().count == 101 }
            let payloads = events().compactMap { event -> String? in
                guard case .notification(String(channel), let payload) = event else { return nil }
                return payload
            }
            #expect(payloads == (0..<100).map { "ä \($0)" })
        }
    }

    @Test("again after its connection was lost, and says that it was")
    func reconnects() async throws {
        let applicationName = uniqueName("l")
        try await listening(applicationName: applicationName) { pool, events in
            try await pool.script(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '\(applicationName)'")
            try await expectEventually { events() == [.connected, .disconnected, .connected] }
            _ = try await pool.execute(Notify(channel: String(channel), payload: "back"))
            try await expectEventually { events().last == .notification(channel: String(channel), payload: "back") }
        }
    }

    @Test("until the service group shuts down gracefully")
    func gracefulShutdown() async throws {
        let service = ListeningService(
            listener: PostgresListener(
                configuration: TestServer.configuration(), channels: ["any"], logger: TestServer.logger))
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: service)], logger: TestServer.logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await expectEventually { service.heard.entries == [.connected] }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(service.heard.entries == [.connected])
    }

    @Test("until the handler throws, which ends it")
    func handlerThrows() async throws {
        let listener = PostgresListener(
            configuration: TestServer.configuration(), channels: ["any"], logger: TestServer.logger)
        await #expect(throws: CocoaError.self) {
            try await listener.run { _ in throw CocoaError(.userCancelled) }
        }
    }

    @Test("and ends with an error when connecting can never succeed")
    func permanentFailure() async throws {
        let listener = PostgresListener(
            configuration: TestServer.configuration(url: "postgresql://host:port/"), channels: ["any"],
            logger: TestServer.logger)
        let error = await postgresError { try await listener.run { _ in } }
        #expect(error?.kind == .invalidConfiguration)
    }
}

private struct ListeningService: Service {
    let listener: PostgresListener
    let heard = Record<PostgresListener.Event>()

    func run() async throws {
        try await listener.run { heard.add($0) }
    }
}
