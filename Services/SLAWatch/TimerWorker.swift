import Domain
import Logging
import Messaging
import Metrics
import Postgres
import Runtime
import ServiceLifecycle
import Store
import ZeroMQ

/// Claims due timers and applies the rule of their kind, all timers of a company in one transaction.
///
/// Sleeps until the next one is due, at most a second, because another process may have set an earlier one.
final class TimerWorker: Service {
    static let alerts = Channel(BusChannels.alerts, .pushPull)
    private static let claimed = 200
    private static let companiesAtOnce = 4

    private let pool: PostgresPool
    private let bus: Bus
    private let publisher: EventPublisher
    private let clock: DatabaseClock
    private let logger: Logger
    private let engine = CorrelationEngine { IncidentID(IdentifierMint.text("inc", at: $0)) }
    private let lateness = Timer(label: "aw_timer_lateness")

    init(pool: PostgresPool, bus: Bus, publisher: EventPublisher, clock: DatabaseClock, logger: Logger) {
        self.pool = pool
        self.bus = bus
        self.publisher = publisher
        self.clock = clock
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var backoff = Backoff(first: .milliseconds(100), highest: .seconds(1))
            while !Task.isCancelled {
                do {
                    let fired = try await self.fireDue()
                    backoff.reset()
                    if fired < Self.claimed { try await Task.sleep(for: try await self.pause()) }
                } catch is CancellationError {
                    return
                } catch {
                    self.logger.warning("timers not claimed", metadata: [LogKey.error: "\(error)"])
                    try? await Task.sleep(for: backoff.next())
                }
            }
        }
    }

    /// Until the next timer is due, between 5 milliseconds and a second.
    private func pause() async throws -> Duration {
        guard let next = try await pool.first(ReadNextTimer()) else { return .seconds(1) }
        return max(.milliseconds(5), min(next.due - next.now, .seconds(1)))
    }

    /// - Returns: How many timers were claimed.
    func fireDue() async throws -> Int {
        let claimed = try await pool.query(ClaimTimers(holder: bus.instanceID, limit: Self.claimed))
        var byCompany: [CompanyID: [ClaimedTimer]] = [:]
        for timer in claimed { byCompany[timer.companyID, default: []].append(timer) }
        // A company whose lane is busy must not keep the others waiting.
        await withTaskGroup(of: Void.self) { group in
            for (index, (company, timers)) in byCompany.enumerated() {
                if index >= Self.companiesAtOnce { await group.next() }
                group.addTask { await self.fire(timers, of: company) }
            }
        }
        return claimed.count
    }

    private func fire(_ timers: [ClaimedTimer], of company: CompanyID) async {
        do {
            let (entries, released) = try await pool.withRetriedTransaction { transaction in
                guard let lane = try await CorrelationLane.lock(company, in: transaction) else {
                    return (entries: [JournalEntry](), released: false)
                }
                return try await lane.fire(timers, engine: self.engine, actor: .service("slawatch"))
            }
            publisher.publish(entries)
            if released { wakeCorrelator(company) }
            let now = clock.now
            for timer in timers {
                lateness.recordNanoseconds(max(0, (now - timer.dueAt).microseconds) * 1000)
                Counter(label: "aw_timers_fired", dimensions: [("kind", timer.kind)]).increment()
            }
        } catch let error where timers.count > 1 && (error as? PostgresError)?.isRetryable != true {
            // One that can't be fired must not hold up the company's others.
            logger.warning("timers failed together", metadata: [LogKey.error: "\(error)"])
            for timer in timers { await fire([timer], of: company) }
        } catch {
            logger.error("timers failed", metadata: [LogKey.companyID: "\(company)", LogKey.error: "\(error)"])
            // Their leases end by themselves when this fails too.
            _ = try? await pool.execute(PostponeTimers(timers: timers, error: String("\(error)".prefix(500))))
        }
    }

    private func wakeCorrelator(_ company: CompanyID) {
        let now = clock.now
        let envelope = Envelope(
            id: UUIDv7.make(at: now).uuidString.lowercased(), producedAt: now, companyID: company, trace: "",
            payload: AlertsAccepted(count: 0, items: []))
        guard let body = try? envelope.encoded() else { return }
        _ = bus.send(Self.alerts, topic: company.rawValue, body: body)
    }
}
