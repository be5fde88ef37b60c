import Logging
import Synchronization

/// Keeps this instance in the directory, and the socket thread up to date with who else is there.
final class Membership: Sendable {
    private struct State {
        var readiness = BusReadiness()
        var fleetSize = 0
        /// A registration was tried: the row may be there even if the answer was lost.
        var mayHaveRow = false
    }

    /// Shortest time between two readings, so that a stranger who keeps knocking does not load the directory.
    private static let spacing: Duration = .milliseconds(100)
    /// Longest time spent on leaving the directory.
    private static let leaveLimit: Duration = .seconds(2)

    private let configuration: BusConfiguration
    private let directory: any InstanceDirectory
    private let board: Switchboard
    private let hints: RefreshHints
    private let logger: Logger
    private let state = Mutex(State())

    init(
        configuration: BusConfiguration, directory: any InstanceDirectory, board: Switchboard, hints: RefreshHints,
        logger: Logger
    ) {
        self.configuration = configuration
        self.directory = directory
        self.board = board
        self.hints = hints
        self.logger = logger
    }

    var readiness: BusReadiness { state.withLock { $0.readiness } }
    var fleetSize: Int { state.withLock { $0.fleetSize } }

    /// Registers, then keeps the heartbeat and the view of the fleet until cancelled.
    func maintain(_ instance: ServiceInstance) async throws {
        try await register(instance)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.keepHeartbeat(instance) }
            group.addTask { try await self.followDirectory() }
            group.addTask {
                while true {
                    self.hints.give()
                    try await Task.sleep(for: self.configuration.refreshInterval)
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Takes the row out. When that fails it expires by itself.
    func leave(_ id: String) async {
        let mayHaveRow = state.withLock { state in
            state.readiness = BusReadiness()
            return state.mayHaveRow
        }
        guard mayHaveRow else { return }
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.directory.deregister(id) }
                group.addTask { try await Task.sleep(for: Self.leaveLimit) }
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch {
            logger.warning("could not deregister; the row will expire", metadata: ["error": "\(error)"])
        }
    }

    private func register(_ instance: ServiceInstance) async throws {
        while true {
            do {
                state.withLock { $0.mayHaveRow = true }
                try await directory.register(instance)
                state.withLock { $0.readiness.isRegistered = true }
                logger.info("registered on the bus")
                return
            } catch {
                try Task.checkCancellation()
                logger.warning("could not register; trying again", metadata: ["error": "\(error)"])
                try await Task.sleep(for: min(configuration.refreshInterval, .seconds(1)))
            }
        }
    }

    private func keepHeartbeat(_ instance: ServiceInstance) async throws {
        while true {
            try await Task.sleep(for: configuration.heartbeatInterval)
            do {
                guard try await !directory.heartbeat(instance.id) else { continue }
                logger.notice("directory row is gone; registering again")
                state.withLock { $0.readiness.isRegistered = false }
                try await register(instance)
                hints.give()
            } catch {
                try Task.checkCancellation()
                logger.warning("heartbeat failed; trying again", metadata: ["error": "\(error)"])
            }
        }
    }

    private func followDirectory() async throws {
        var view = FleetView(grace: configuration.heartbeatInterval * 3)
        for await _ in hints.stream {
            do {
                let fleet = view.read(try await directory.liveInstances(), at: .now)
                noteReading(fleet)
                board.apply(fleet)
            } catch {
                try Task.checkCancellation()
                view.couldNotRead()
                noteFailure(error)
            }
            try await Task.sleep(for: Self.spacing)
        }
        throw CancellationError()
    }

    private func noteReading(_ fleet: Fleet) {
        let isRecovery = state.withLock { state in
            state.fleetSize = fleet.instances.count
            state.readiness.hasReadDirectory = true
            guard state.readiness.directoryReadableSince == nil else { return false }
            state.readiness.directoryReadableSince = Microseconds.sinceEpoch()
            return true
        }
        if isRecovery { logger.info("directory is readable", metadata: ["instances": "\(fleet.instances.count)"]) }
    }

    private func noteFailure(_ error: any Error) {
        let isNew = state.withLock { state in
            defer { state.readiness.directoryReadableSince = nil }
            return state.readiness.directoryReadableSince != nil || !state.readiness.hasReadDirectory
        }
        if isNew { logger.warning("directory can't be read; keeping the peers", metadata: ["error": "\(error)"]) }
    }
}
