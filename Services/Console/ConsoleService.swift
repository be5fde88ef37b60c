import HTTPServing
import Hummingbird
import Logging
import Postgres
import Runtime
import Secrets
import ServiceLifecycle
import Store
import ZeroMQ

/// The wiring of the Console: the only place that knows all parts, used by tests too.
public enum ConsoleService {
    public static let name = "console"

    /// - Parameter onListening: Told the port, once requests are taken.
    /// - Returns: The services in the order in which they start; they stop in reverse.
    /// - Throws: ``SettingError``.
    public static func build(
        environment: ServiceProcess.Environment, onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> [any Service] {
        let configuration = try ConsoleConfiguration(settings: environment.settings)
        let logger = environment.logger
        let database = ConsoleDatabase(
            viewers: PostgresPool(configuration: configuration.viewerDatabase, logger: logger),
            identity: PostgresPool(configuration: configuration.identityDatabase, logger: logger))
        let clock = DatabaseClock()
        let schema = SchemaCheck(pool: database.identity, clock: clock, logger: logger)
        let bus = Bus(
            configuration: BusConfiguration(
                service: name, version: ServiceProcess.version, advertiseHost: configuration.advertiseHost,
                publishes: [EventPublisher.channel],
                subscribes: [LiveStream.events: [], LiveStream.accepted: []]),
            directory: PostgresInstanceDirectory(pool: database.identity), logger: logger)
        let hints = SettingsHints(
            listener: PostgresListener(
                configuration: configuration.identityDatabase, channels: [SettingsHints.instances], logger: logger),
            logger: logger, bus: bus, settingsChanged: {})
        let publisher = EventPublisher(bus: bus, clock: clock, logger: logger)
        let core = ConsoleCore(configuration: configuration, database: database) { publisher.publish($0) }

        let stream = LiveStream(database: database, bus: bus, clock: clock, logger: logger)
        let endpoint = StreamEndpoint(
            stream: stream, database: database, publicURL: configuration.publicURL, logger: logger
        ).endpoint

        environment.health.add(schema.readiness)
        environment.health.add(BusCheck.readiness(bus))

        let router = router(core: core, configuration: configuration, clock: clock, environment: environment)
        let server = configuration.listener.application(
            router: router,
            server: .http1WithWebSocket(configuration: configuration.listener.channel, endpoint: endpoint),
            logger: logger
        ) { port in
            logger.info("listening", metadata: ["port": "\(port)"])
            onListening(port)
        }
        return [database.viewers, database.identity, schema, bus, hints, stream, server]
    }

    /// Everything that is answered over HTTP.
    static func router(
        core: ConsoleCore, configuration: ConsoleConfiguration, clock: DatabaseClock,
        environment: ServiceProcess.Environment
    ) -> Router<ConsoleContext> {
        let router = Router(context: ConsoleContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: SecurityHeaders(isSecure: configuration.isSecure))
        router.add(middleware: ProblemMiddleware(translate: ErrorTranslation.problem))
        OperationsRoutes(health: environment.health, metrics: environment.metrics).add(to: router)
        StaticPage().add(to: router)
        let gate = RouteGate(
            database: core.database,
            idempotency: IdempotencyStore(pool: core.database.identity, keys: configuration.masterKeys),
            clock: clock, trustedProxies: configuration.trustedProxies)
        APIRoutes.registry(core: core, version: ServiceProcess.version).add(to: router, gate: gate)
        return router
    }
}

extension ConsoleCore {
    /// - Parameter publish: Tells the other processes of journal rows that were committed.
    init(
        configuration: ConsoleConfiguration, database: ConsoleDatabase,
        publish: @escaping @Sendable ([JournalEntry]) -> Void
    ) {
        let hashing = PasswordHashing()
        self.init(
            database: database, companies: CompanyStore(keys: configuration.masterKeys),
            integrations: IntegrationStore(keys: configuration.masterKeys), users: UserStore(hashing: hashing),
            sessions: SessionStore(pool: database.identity, hashing: hashing),
            tokens: ApiTokenStore(pool: database.identity), incidents: IncidentCommands(pool: database.viewers),
            cookies: SessionCookies(isSecure: configuration.isSecure), ingestURL: configuration.ingestURL,
            publish: publish)
    }
}
