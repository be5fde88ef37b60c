import Domain
import Logging
import Metrics
import Postgres
import Runtime
import ServiceLifecycle
import Store
import Synchronization

/// Requests that wait at the same moment share one transaction and one round trip; a lone request waits for nobody.
///
/// A company's requests always go through the same lane, because their commits would wait for one another anyway.
final class GroupCommit: Service {
    /// Why a request was not stored; it may be sent again.
    enum Refusal: Error, Equatable {
        /// More waits than can be stored soon.
        case overloaded
        /// The database can't be reached, or the process is stopping.
        case unavailable
        /// PostgreSQL refuses the rows themselves.
        case unstorable
    }

    private static let lanes = 2
    private static let maximumRequests = 256
    private static let maximumAlerts = 1000
    /// How long a commit is tried again before its senders are told to come back. With the last attempt, which may wait
    /// ``IngestConfiguration/connectionWait`` more, it is less than the ten seconds that senders wait for an answer.
    private static let patience: Duration = .seconds(5)

    private let pool: PostgresPool
    private let logger: Logger
    private let lanes: [CommitLane]
    private let committed: @Sendable ([AcceptableRequest]) -> Void
    private let batchSize = Recorder(label: "aw_ingest_commit_alerts", aggregate: true)
    private let commitTime = Timer(label: "aw_ingest_commit")

    /// - Parameter committed: Told of the requests of each commit that were accepted, after it; must not block.
    init(pool: PostgresPool, logger: Logger, committed: @escaping @Sendable ([AcceptableRequest]) -> Void) {
        self.pool = pool
        self.logger = logger
        self.committed = committed
        self.lanes = (0..<Self.lanes).map { _ in CommitLane(maximumAlerts: 20_000) }
    }

    /// Stores a request together with others.
    ///
    /// - Throws: ``Refusal``.
    func submit(_ request: AcceptableRequest) async throws(Refusal) -> AcceptOutcome {
        let lane = lanes[Int(UInt(bitPattern: request.companyID.hashValue) % UInt(lanes.count))]
        return try await lane.submit(request).get()
    }

    /// Requests that wait now.
    var waiting: Int { lanes.reduce(0) { $0 + $1.waiting } }

    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            for lane in lanes {
                group.addTask { await self.work(lane) }
            }
            await withTaskCancellationOrGracefulShutdownHandler {
                await group.waitForAll()
            } onCancelOrGracefulShutdown: {
                for lane in self.lanes { lane.close() }
            }
        }
    }

    private func work(_ lane: CommitLane) async {
        while let batch = await lane.next(maximumRequests: Self.maximumRequests, maximumAlerts: Self.maximumAlerts) {
            await commit(batch, of: lane)
        }
    }

    private func commit(_ batch: [CommitLane.Waiting], of lane: CommitLane) async {
        var backoff = Backoff(first: .milliseconds(20), highest: .milliseconds(500))
        let deadline = ContinuousClock.now + Self.patience
        while true {
            do {
                let outcomes = try await store(batch.map(\.request))
                for (waiting, outcome) in zip(batch, outcomes) { waiting.resume(.success(outcome)) }
                return
            } catch let error as PostgresError where error.isRetryable {
                logger.warning("commit failed, trying again", metadata: [LogKey.error: "\(error)"])
                // Those that waited behind it would wait as long again, and in vain.
                guard ContinuousClock.now < deadline else { return fail(batch + lane.takeAll(), .unavailable) }
                try? await Task.sleep(for: backoff.next())
            } catch let error as PostgresError where !error.concernsRows {
                logger.error("commit failed", metadata: [LogKey.error: "\(error)"])
                return fail(batch, .unavailable)
            } catch {
                guard batch.count > 1 else {
                    logger.error("a request can't be stored", metadata: ["error": "\(error)"])
                    return fail(batch, .unstorable)
                }
                // One bad row must not fail its neighbours: each on its own.
                for one in batch { await commit([one], of: lane) }
                return
            }
        }
    }

    private func store(_ requests: [AcceptableRequest]) async throws -> [AcceptOutcome] {
        let start = ContinuousClock.now
        let outcomes = try await pool.query(AcceptRequests(requests))
        commitTime.recordNanoseconds((ContinuousClock.now - start).microseconds * 1000)
        let accepted = zip(requests, outcomes).filter { $1.verdict == .accepted }.map { $0.0 }
        batchSize.record(accepted.reduce(0) { $0 + $1.alerts.count })
        if !accepted.isEmpty { committed(accepted) }
        return outcomes
    }

    private func fail(_ batch: [CommitLane.Waiting], _ refusal: Refusal) {
        for waiting in batch { waiting.resume(.failure(refusal)) }
    }
}

extension PostgresError {
    /// Whether PostgreSQL refuses the rows themselves (data, constraints, limits of a row), so that sending them again is
    /// of no use. Anything else, such as a full disk or a lost right, is ours to mend: the sender is to come back.
    fileprivate var concernsRows: Bool {
        guard kind == .server, let sqlState else { return false }
        return ["21", "22", "23", "54"].contains(sqlState.prefix(2))
    }
}
