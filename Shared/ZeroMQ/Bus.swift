import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// Carries messages between the services, encrypted, to whoever is alive.
///
/// Finds peers through an ``InstanceDirectory``; binds pull and publish channels on ephemeral ports and connects push
/// and subscribe channels to every live instance that binds them, itself included. Peers come and go while it runs.
///
/// A message may be lost (a peer died, nobody listened, a queue was full), and is never the only copy of anything.
/// The bus does not repeat, order across peers, or store.
///
/// All sockets belong to one thread of the bus; every method may be called from any thread and none blocks.
public final class Bus: Service, Sendable {
    /// UUID of this instance, lower case, new for each `Bus`.
    public let instanceID = UUID().uuidString.lowercased()

    private let configuration: BusConfiguration
    private let directory: any InstanceDirectory
    private let logger: Logger
    private let board: Switchboard
    private let hints: RefreshHints
    private let membership: Membership
    private let hasRun = Mutex(false)

    /// Prepares a bus; opens nothing before ``run()``.
    public init(configuration: BusConfiguration, directory: any InstanceDirectory, logger: Logger) {
        var logger = logger
        logger[metadataKey: "instance"] = "\(instanceID)"
        let hints = RefreshHints()
        let board = Switchboard(configuration) { hints.give() }
        self.configuration = configuration
        self.directory = directory
        self.logger = logger
        self.hints = hints
        self.board = board
        membership = Membership(
            configuration: configuration, directory: directory, board: board, hints: hints, logger: logger)
    }

    /// Binds, registers (trying until the directory takes it), then connects to peers and keeps up with the directory.
    ///
    /// Returns after a graceful shutdown: out of the directory, queued messages sent for at most 500 ms, sockets
    /// closed. A cancelled task gets the same, but the row may be left to expire. Runs once.
    ///
    /// - Throws: ``BusError`` when the configuration is wrong or sockets fail; `CancellationError` when cancelled.
    public func run() async throws {
        let isFirst = hasRun.withLock { hasRun in
            defer { hasRun = true }
            return !hasRun
        }
        guard isFirst else { throw BusError.alreadyRan }
        do {
            try configuration.validate()
        } catch {
            board.close()
            throw error
        }

        let thread = SocketThread()
        let (failures, failure) = AsyncStream.makeStream(of: BusError.self)
        thread.start(configuration, board, logger: logger) { failure.yield($0) }
        let instance = describe(try await thread.started.value().get())
        logger.info("bus bound", metadata: ["endpoints": "\(instance.endpoints)"])

        let result: Result<Void, any Error>
        do {
            result = .success(try await takePart(as: instance, until: failures))
        } catch {
            result = .failure(error)
        }
        await membership.leave(instance.id)
        board.stop()
        _ = await thread.ended.value()
        logger.info("bus stopped")
        try result.get()
    }

    private func takePart(as instance: ServiceInstance, until failures: AsyncStream<BusError>) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.membership.maintain(instance) }
            group.addTask { try await gracefulShutdown() }
            group.addTask {
                for await failure in failures { throw failure }
                throw CancellationError()
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func describe(_ bound: BoundBus) -> ServiceInstance {
        let now = Microseconds.sinceEpoch()
        return ServiceInstance(
            id: instanceID, service: configuration.service, host: configuration.advertiseHost, pid: getpid(),
            version: configuration.version, startedAt: now, heartbeatAt: now, endpoints: bound.endpoints,
            curvePublicKey: bound.publicKey)
    }

    /// Hands a message over for sending. Never blocks, never throws.
    ///
    /// - Parameters:
    ///   - channel: One of the configured `pushes` or `publishes`; for any other the outcome is `noPeer`.
    ///   - topic: What subscribers filter by; carried but not used by push/pull.
    ///   - body: At most ``BusConfiguration/maximumBodyBytes``; a larger one is refused as `full`.
    public func send(_ channel: Channel, topic: String, body: [UInt8]) -> SendOutcome {
        guard let outbox = board.outboxes[channel] else {
            logger.error("channel is not configured for sending", metadata: ["channel": "\(channel)"])
            return .noPeer
        }
        return outbox.offer(topic: topic, body: body)
    }

    /// The messages that arrive on a channel.
    ///
    /// Bounded: when the consumer of a pull channel is slow, the bus stops reading and its peers' queues fill up; on a
    /// subscribe channel the oldest messages are dropped and counted. Sequences of one channel share its messages.
    ///
    /// - Parameter channel: One of the configured `pulls` or `subscribes`; for any other the sequence is empty.
    public func messages(_ channel: Channel) -> BusMessages {
        if board.inboxes[channel] == nil {
            logger.error("channel is not configured for receiving", metadata: ["channel": "\(channel)"])
        }
        return BusMessages(inbox: board.inboxes[channel])
    }

    /// Hints that the directory changed, so that it is read now instead of at the next interval.
    public func refresh() { hints.give() }

    /// Counts since the bus was made, and what it holds now.
    public var statistics: BusStatistics {
        var statistics = board.statistics
        statistics.fleetSize = membership.fleetSize
        return statistics
    }

    /// What this instance still lacks to take part.
    public var readiness: BusReadiness { membership.readiness }

    /// Registered, and peers were looked up.
    public var isReady: Bool { readiness.isReady }
}
