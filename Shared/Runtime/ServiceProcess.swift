import Foundation
import Logging
import Metrics
import ServiceLifecycle
import UnixSignals

/// Starts, runs and stops a process: settings, logs, metrics, signals.
public enum ServiceProcess {
    /// The version that instances report.
    public static let version = "0.1.0"

    /// What a process is built from.
    public struct Environment: Sendable {
        public var settings: Settings
        public var logger: Logger
        public var metrics: PrometheusMetrics
        public var health: Health

        public init(settings: Settings, logger: Logger, metrics: PrometheusMetrics, health: Health = Health()) {
            self.settings = settings
            self.logger = logger
            self.metrics = metrics
            self.health = health
        }
    }

    /// Runs until SIGTERM or SIGINT, then drains: services stop in reverse order, within 8 seconds each and 10 in all,
    /// after which what is left is cancelled.
    ///
    /// Never returns: the process ends with status 0 after a clean stop, 78 for a setting that is not allowed, and 1
    /// for anything else.
    public static func run(
        _ name: String, build: @Sendable (Environment) async throws -> [any Service]
    ) async -> Never {
        let settings = Settings()
        do {
            let level = Logger.Level(rawValue: try settings.text(SettingsCatalogue.logLevel)) ?? .info
            let format =
                LineLogHandler.Format(rawValue: try settings.text(SettingsCatalogue.logFormat)) ?? .text
            LoggingSystem.bootstrap { LineLogHandler(label: $0, format: format, level: level) }
            let metrics = PrometheusMetrics()
            MetricsSystem.bootstrap(metrics)
            let logger = Logger(label: name)
            let environment = Environment(settings: settings, logger: logger, metrics: metrics)
            let services = try await build(environment)
            try await group(services, health: environment.health, logger: logger).run()
            logger.info("stopped")
            exit(0)
        } catch let error as SettingError {
            FileHandle.standardError.write(Data("\(name): \(error)\n".utf8))
            exit(78)
        } catch {
            FileHandle.standardError.write(Data("\(name): \(error)\n".utf8))
            exit(1)
        }
    }

    /// The services with the limits under which every process stops.
    public static func group(_ services: [any Service], health: Health, logger: Logger) -> ServiceGroup {
        var configuration = ServiceGroupConfiguration(
            // The last one is the first to hear of a stop.
            services: (services + [DrainMark(health: health)]).map {
                .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
            },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(8)
        configuration.maximumCancellationDuration = .seconds(2)
        return ServiceGroup(configuration: configuration)
    }
}

/// Marks the process as draining the moment a stop is asked for.
private struct DrainMark: Service {
    let health: Health

    func run() async throws {
        await withGracefulShutdownHandler {
            let (stream, continuation) = AsyncStream<Void>.makeStream()
            await withTaskCancellationOrGracefulShutdownHandler {
                for await _ in stream {}
            } onCancelOrGracefulShutdown: {
                continuation.finish()
            }
        } onGracefulShutdown: {
            health.drain()
        }
    }
}
