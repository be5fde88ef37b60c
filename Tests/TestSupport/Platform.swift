import AsyncHTTPClient
import Correlator
import Domain
import Foundation
import Ingest
import Logging
import NIOCore
import NIOFoundationCompat
import Postgres
import Runtime
import SLAWatch
import Secrets
import ServiceLifecycle
import Store
import Synchronization

/// Ingest, Correlator and SLAWatch as production wires them, in this process, on a database of their own.
public struct Platform: Sendable {
    /// What an HTTP request was answered.
    public struct Answer: Sendable {
        public var status: Int
        public var headers: [String: String]
        public var body: [UInt8]

        public var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
        }
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// How many processes of each service.
    public struct Size: Sendable {
        public var ingest = 1
        public var correlator = 1
        public var slaWatch = 1

        public init(ingest: Int = 1, correlator: Int = 1, slaWatch: Int = 1) {
            self.ingest = ingest
            self.correlator = correlator
            self.slaWatch = slaWatch
        }
    }

    public let database: TestDatabase
    public let pool: PostgresPool
    /// The default company: its key and secret. It does not sign unless a test turns that on.
    public let company: CreatedCompany
    public let keys: MasterKeys
    public let ingestPorts: [Int]
    private let client: HTTPClient

    /// Starts everything, runs `body`, and stops everything in order.
    public static func with<T: Sendable>(
        _ size: Size = Size(), settings: CompanySettings = CompanySettings(), signing: Bool = false,
        _ body: @escaping @Sendable (Platform) async throws -> T
    ) async throws -> T {
        try await TestDatabase.with { database in
            try await database.withPool(role: nil, connections: 6) { pool in
                let keyText = MasterKeys.generate()
                let keys = try MasterKeys(keyText)
                let company = try await CompanyStore(keys: keys).create(
                    CompanyDraft(name: "Acme Corp", isHMACEnabled: signing, settings: settings), actor: .operator,
                    now: DatabaseClock().now, pool: pool)
                return try await run(
                    size, database: database, pool: pool, company: company.value, keyText: keyText, body: body)
            }
        }
    }

    private static func run<T: Sendable>(
        _ size: Size, database: TestDatabase, pool: PostgresPool, company: CreatedCompany, keyText: String,
        body: @escaping @Sendable (Platform) async throws -> T
    ) async throws -> T {
        let settings = Settings(values: [
            "AW_DATABASE_URL": database.url, "AW_MASTER_KEY": keyText, "AW_INGEST_PORT": "0",
            "AW_CORRELATOR_OPERATIONS_PORT": "0", "AW_SLAWATCH_OPERATIONS_PORT": "0", "AW_DATABASE_CONNECTIONS": "4",
        ])
        let ports = Ports()
        var services: [any Service] = []
        let environment = {
            ServiceProcess.Environment(settings: settings, logger: TestLog.logger, metrics: PrometheusMetrics())
        }
        for _ in 0..<size.correlator {
            services += try await CorrelatorService.build(environment: environment())
        }
        for _ in 0..<size.slaWatch { services += try await SLAWatchService.build(environment: environment()) }
        for _ in 0..<size.ingest {
            services += try await IngestService.build(environment: environment()) { ports.add($0) }
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(services: services, logger: TestLog.logger))
        let client = HTTPClient.shared
        return try await withThrowingTaskGroup(of: T?.self) { tasks in
            tasks.addTask {
                try await group.run()
                return nil
            }
            guard try await eventually(within: .seconds(30), { ports.all.count == size.ingest }) else {
                throw TestFailure("Ingest did not start")
            }
            let platform = Platform(
                database: database, pool: pool, company: company, keys: try MasterKeys(keyText),
                ingestPorts: ports.all, client: client)
            let result: T
            do {
                result = try await body(platform)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return result
        }
    }

    /// Posts a body to an Ingest.
    public func post(
        _ body: [UInt8], path: String = "/api/webhooks/alerts", key: String? = nil, headers: [String: String] = [:],
        ingest: Int = 0
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(ingestPorts[ingest])\(path)")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        if let key = key ?? company.apiKey as String?, !key.isEmpty {
            request.headers.add(name: "X-API-Key", value: key)
        }
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: body))
        let response = try await client.execute(request, timeout: .seconds(30))
        let bytes = try await response.body.collect(upTo: 4 << 20)
        return Answer(
            status: Int(response.status.code),
            headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { $1 },
            body: Array(buffer: bytes))
    }

    public func get(_ path: String, ingest: Int = 0) async throws -> Answer {
        let response = try await client.execute(
            HTTPClientRequest(url: "http://127.0.0.1:\(ingestPorts[ingest])\(path)"), timeout: .seconds(30))
        let bytes = try await response.body.collect(upTo: 4 << 20)
        return Answer(status: Int(response.status.code), headers: [:], body: Array(buffer: bytes))
    }

    /// Waits until every alert has a fate.
    public func settled() async throws -> Bool {
        try await eventually { try await database.count("SELECT count(*) FROM undecided_alert") == 0 }
    }

    private final class Ports: Sendable {
        private let ports = Mutex<[Int]>([])
        func add(_ port: Int) { ports.withLock { $0.append(port) } }
        var all: [Int] { ports.withLock { $0 } }
    }
}

/// Something that a test needs did not happen.
public struct TestFailure: Error, CustomStringConvertible {
    public var description: String
    public init(_ description: String) { self.description = description }
}
