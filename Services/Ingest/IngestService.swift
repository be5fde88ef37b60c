import HTTPServing
import Hummingbird
import Logging
import Messaging
import Postgres
import Runtime
import ServiceLifecycle
import Store
import ZeroMQ

/// The wiring of Ingest: the only place that knows all parts, used by tests too.
public enum IngestService {
    public static let name = "ingest"

    /// - Parameter onListening: Told the port, once requests are taken.
    /// - Returns: The services in the order in which they start; they stop in reverse.
    /// - Throws: ``SettingError``.
    public static func build(
        environment: ServiceProcess.Environment, onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> [any Service] {
        let configuration = try IngestConfiguration(settings: environment.settings)
        let logger = environment.logger
        let pool = PostgresPool(configuration: configuration.database, logger: logger)
        let clock = DatabaseClock()
        let schema = SchemaCheck(pool: pool, clock: clock, logger: logger)
        let bus = Bus(
            configuration: BusConfiguration(
                service: name, version: ServiceProcess.version, advertiseHost: configuration.advertiseHost,
                publishes: [AcceptedAnnouncement.accepted], pushes: [AcceptedAnnouncement.alerts]),
            directory: PostgresInstanceDirectory(pool: pool), logger: logger)
        let cache = IntegrationCache(
            pool: pool, masterKeys: configuration.masterKeys, clock: clock, logger: logger)
        let announcement = AcceptedAnnouncement(bus: bus, clock: clock, logger: logger)
        let commit = GroupCommit(pool: pool, logger: logger) { announcement.send($0) }
        let hints = SettingsHints(
            listener: PostgresListener(
                configuration: configuration.database, channels: SettingsHints.channels, logger: logger),
            logger: logger, bus: bus, settingsChanged: { try await cache.refresh() })

        environment.health.add(schema.readiness)
        environment.health.add(BusCheck.readiness(bus))
        environment.health.add(
            ReadinessCheck("commit queue") { (commit.waiting < 5000, "\(commit.waiting) requests wait") })

        let router = Router(context: WebhookContext.self)
        router.add(middleware: ProblemMiddleware(translate: DatabaseProblem.translate))
        OperationsRoutes(health: environment.health, metrics: environment.metrics).add(to: router)
        WebhookRoutes(
            gate: Gate(cache: cache, failures: FailureLimit()), commit: commit, clock: clock,
            maximumBodyBytes: configuration.maximumBodyBytes, trustedProxies: configuration.trustedProxies
        ).add(to: router)
        let server = configuration.listener.application(router: router, logger: logger) { port in
            logger.info("listening", metadata: ["port": "\(port)"])
            onListening(port)
        }
        return [pool, schema, bus, cache, hints, announcement, commit, server]
    }
}
