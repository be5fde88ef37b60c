import Logging
import Postgres
import Runtime
import ServiceLifecycle
import ZeroMQ

/// Listens for hints that settings or instances changed. A hint that is lost costs seconds, never truth.
public struct SettingsHints: Service {
    public static let settings = "aw_settings"
    public static let instances = "aw_instances"
    public static let channels = [settings, instances]

    private let listener: PostgresListener
    private let logger: Logger
    private let bus: Bus
    private let settingsChanged: @Sendable () async throws -> Void

    /// - Parameter settingsChanged: Called for each hint and after each reconnect; its errors are logged.
    public init(
        listener: PostgresListener, logger: Logger, bus: Bus,
        settingsChanged: @escaping @Sendable () async throws -> Void
    ) {
        self.listener = listener
        self.logger = logger
        self.bus = bus
        self.settingsChanged = settingsChanged
    }

    public func run() async throws {
        try await listener.run { event in
            switch event {
            case .connected:
                bus.refresh()
                await changed()
            case .notification(Self.instances, _): bus.refresh()
            case .notification: await changed()
            case .disconnected: break
            }
        }
    }

    private func changed() async {
        do {
            try await settingsChanged()
        } catch {
            logger.warning("settings not read after a hint", metadata: ["error": "\(error)"])
        }
    }
}

/// Readiness of the bus.
public enum BusCheck {
    public static func readiness(_ bus: Bus) -> ReadinessCheck {
        ReadinessCheck("bus") {
            (bus.isReady, bus.isReady ? "registered" : "not registered in the directory yet")
        }
    }
}
