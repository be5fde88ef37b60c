import HTTPServing
import Hummingbird
import Messaging
import Postgres
import Runtime
import ServiceLifecycle
import Store
import ZeroMQ

/// The wiring of SLAWatch: the only place that knows all parts, used by tests too.
public enum SLAWatchService {
    public static let name = "slawatch"

    /// - Parameter onListening: Told the port of health checks and metrics.
    /// - Throws: ``SettingError``.
    public static func build(
        environment: ServiceProcess.Environment, onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> [any Service] {
        let settings = environment.settings
        let logger = environment.logger
        let database = PostgresConfiguration(
            url: try settings.text(SettingsCatalogue.databaseURL), applicationName: "aw-slawatch", role: "aw_worker",
            maximumConnections: try settings.integer(SettingsCatalogue.databaseConnections))
        let pool = PostgresPool(configuration: database, logger: logger)
        let clock = DatabaseClock()
        let schema = SchemaCheck(pool: pool, clock: clock, logger: logger)
        let bus = Bus(
            configuration: BusConfiguration(
                service: name, version: ServiceProcess.version,
                advertiseHost: try settings.text(SettingsCatalogue.advertiseHost),
                publishes: [EventPublisher.channel], pushes: [TimerWorker.alerts]),
            directory: PostgresInstanceDirectory(pool: pool), logger: logger)
        let worker = TimerWorker(
            pool: pool, bus: bus, publisher: EventPublisher(bus: bus, clock: clock, logger: logger), clock: clock,
            logger: logger)
        let housekeeping = Housekeeping(pool: pool, logger: logger)
        environment.health.add(schema.readiness)
        environment.health.add(BusCheck.readiness(bus))
        let operations = try OperationsServer.make(
            environment: environment, port: SettingsCatalogue.slaWatchOperationsPort, onListening: onListening)
        return [pool, schema, bus, housekeeping, operations, worker]
    }
}
