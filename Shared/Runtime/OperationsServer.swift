import HTTPServing
import Hummingbird
import Logging
import ServiceLifecycle

/// Health checks and metrics of a process that has no API of its own.
public enum OperationsServer {
    /// - Parameter port: The setting that names the port.
    /// - Throws: ``SettingError``.
    public static func make(
        environment: ServiceProcess.Environment, port: Setting, onListening: @escaping @Sendable (Int) -> Void
    ) throws -> any Service {
        let listener = HTTPListener(
            host: try environment.settings.text(SettingsCatalogue.operationsHost),
            port: try environment.settings.integer(port), maximumConnections: 64)
        let router = Router()
        router.add(middleware: ProblemMiddleware())
        OperationsRoutes(health: environment.health, metrics: environment.metrics).add(to: router)
        let logger = environment.logger
        return listener.application(router: router, logger: logger) { port in
            logger.info("listening", metadata: ["port": "\(port)"])
            onListening(port)
        }
    }
}
