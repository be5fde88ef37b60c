import Domain
import Logging
import Messaging
import Metrics
import Postgres
import Runtime
import ServiceLifecycle
import Store
import Synchronization
import ZeroMQ

/// Takes a company's waiting alerts, lets the engine decide, and stores what follows, in one transaction.
///
/// Woken by messages of Ingest, and by a sweep at most a second apart that finds what no message told of.
final class CorrelationWorker: Service {
    static let alerts = Channel(BusChannels.alerts, .pushPull)
    static let workers = 3
    static let batch = 500

    private let pool: PostgresPool
    private let bus: Bus
    private let publisher: EventPublisher
    private let logger: Logger
    private let queue = CompanyQueue()
    /// Companies whose last batch failed, with how many alerts are tried next.
    private let limits = Mutex<[CompanyID: Int]>([:])
    /// The first alert of each company's last batch.
    private let attempted = Mutex<[CompanyID: AlertID]>([:])
    private let engine = CorrelationEngine { IncidentID(IdentifierMint.text("inc", at: $0)) }
    private let decided = Counter(label: "aw_correlator_decided_alerts")
    private let batchSize = Recorder(label: "aw_correlator_batch_alerts", aggregate: true)
    private let batchTime = Timer(label: "aw_correlator_batch")

    init(pool: PostgresPool, bus: Bus, publisher: EventPublisher, logger: Logger) {
        self.pool = pool
        self.bus = bus
        self.publisher = publisher
        self.logger = logger
    }

    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.workers { group.addTask { await self.work() } }
            group.addTask { await cancelWhenGracefulShutdown { await self.listen() } }
            group.addTask { await cancelWhenGracefulShutdown { await self.sweep() } }
            await withTaskCancellationOrGracefulShutdownHandler {
                await group.waitForAll()
            } onCancelOrGracefulShutdown: {
                self.queue.close()
            }
        }
    }

    private func listen() async {
        for await message in bus.messages(Self.alerts) {
            queue.wake(CompanyID(message.topic))
        }
    }

    private func sweep() async {
        var backoff = Backoff(first: .milliseconds(200), highest: .seconds(1))
        while !Task.isCancelled {
            do {
                for company in try await pool.query(ReadWaitingCompanies()) { queue.wake(company) }
                backoff.reset()
                try await Task.sleep(for: .milliseconds(900))
            } catch is CancellationError {
                return
            } catch {
                logger.warning("sweep failed", metadata: [LogKey.error: "\(error)"])
                try? await Task.sleep(for: backoff.next())
            }
        }
    }

    private func work() async {
        while let company = await queue.next() {
            let limit = limits.withLock { $0[company] ?? Self.batch }
            var more = false
            do {
                more = try await decide(company, limit: limit) == limit
                limits.withLock { $0[company] = limit < Self.batch ? min(limit * 2, Self.batch) : nil }
            } catch {
                logger.error(
                    "batch failed",
                    metadata: [
                        LogKey.companyID: "\(company)", LogKey.error: "\(error)", LogKey.count: "\(limit)",
                    ])
                Counter(label: "aw_correlator_failed_batches").increment()
                more = await narrow(company, after: error, limit: limit, first: attempted.withLock { $0[company] })
            }
            queue.done(company, more: more)
        }
    }

    /// A batch that failed for a reason that will not go away is tried with half as many alerts, down to one, which is set
    /// aside then: one alert must not keep a company's others waiting. Otherwise the alerts wait in the database, and the
    /// sweep brings the company back.
    ///
    /// - Returns: Whether to go on with the company at once.
    private func narrow(
        _ company: CompanyID, after error: any Error, limit: Int, first: AlertID?
    ) async -> Bool {
        guard let error = error as? PostgresError, error.concernsRows, let first else { return false }
        guard limit == 1 else {
            limits.withLock { $0[company] = max(1, limit / 2) }
            return true
        }
        do {
            let entries = try await pool.withRetriedTransaction { transaction -> [JournalEntry] in
                guard let lane = try await CorrelationLane.lock(company, in: transaction) else { return [] }
                return try await lane.setAside(first, actor: .service("correlator"))
            }
            publisher.publish(entries)
            if !entries.isEmpty {
                logger.critical(
                    "an alert can't be decided and was set aside",
                    metadata: [LogKey.companyID: "\(company)", LogKey.alertID: "\(first)"])
            }
            return true
        } catch {
            logger.error("an alert can't be set aside", metadata: [LogKey.error: "\(error)"])
            return false
        }
    }

    /// One batch of one company.
    ///
    /// - Returns: How many alerts were decided.
    func decide(_ company: CompanyID, limit: Int) async throws -> Int {
        let start = ContinuousClock.now
        let (count, entries) = try await pool.withRetriedTransaction { transaction -> (Int, [JournalEntry]) in
            guard let lane = try await CorrelationLane.lock(company, in: transaction) else { return (0, []) }
            let stored = try await lane.pendingAlerts(limit: limit)
            self.attempted.withLock { $0[company] = stored.first?.alert.id }
            guard !stored.isEmpty else { return (0, []) }
            let alerts = stored.map(\.alert)
            let context = try await lane.context(for: alerts)
            let decision = self.engine.decide(alerts: alerts, context: context, now: lane.now)
            return (stored.count, try await lane.apply(decision, alerts: stored, actor: .service("correlator")))
        }
        publisher.publish(entries)
        log(entries)
        if count > 0 {
            decided.increment(by: Int64(count))
            batchSize.record(count)
            batchTime.recordNanoseconds((ContinuousClock.now - start).microseconds * 1000)
        }
        return count
    }

    /// Incidents that came or went, with the ids by which lines of other processes are joined.
    private func log(_ entries: [JournalEntry]) {
        for entry in entries where entry.draft.kind != "incident.updated" {
            var metadata: Logger.Metadata = [
                LogKey.companyID: "\(entry.draft.companyID)", LogKey.incidentID: "\(entry.draft.subjectID)",
                "kind": "\(entry.draft.kind)",
            ]
            if !entry.draft.trace.isEmpty { metadata[LogKey.trace] = "\(entry.draft.trace)" }
            logger.debug("incident changed", metadata: metadata)
        }
    }
}
