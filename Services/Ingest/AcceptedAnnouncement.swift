import Domain
import Foundation
import Logging
import Messaging
import Metrics
import ServiceLifecycle
import Store
import Synchronization
import ZeroMQ

/// Tells the Correlators and the Consoles of commits. What can't be sent at once is found by their own sweeps.
///
/// Correlators are woken by every commit. The live views hear ten times a second at most, of all commits since: people
/// can't read faster, and under load most of what they were told was thrown away.
final class AcceptedAnnouncement: Service {
    static let alerts = Channel(BusChannels.alerts, .pushPull)
    static let accepted = Channel(BusChannels.accepted, .publishSubscribe)
    private static let maximumItems = 20
    private static let interval: Duration = .milliseconds(100)

    /// What a company's live views have not heard of.
    private struct News {
        var count = 0
        var latest: [(integration: IntegrationID, alert: NewAlert)] = []

        mutating func add(_ request: AcceptableRequest) {
            count += request.alerts.count
            latest += request.alerts.suffix(maximumItems).map { (request.integrationID, $0) }
            if latest.count > maximumItems { latest.removeFirst(latest.count - maximumItems) }
        }
    }

    private let bus: Bus
    private let clock: DatabaseClock
    private let logger: Logger
    private let acceptedAlerts = Counter(label: "aw_ingest_accepted_alerts")
    private let news = Mutex<[CompanyID: News]>([:])

    init(bus: Bus, clock: DatabaseClock, logger: Logger) {
        self.bus = bus
        self.clock = clock
        self.logger = logger
    }

    /// Tells of one commit. Does not block.
    func send(_ requests: [AcceptableRequest]) {
        var counts: [CompanyID: (alerts: Int, trace: String)] = [:]
        news.withLock { news in
            for request in requests {
                counts[request.companyID, default: (0, "")].alerts += request.alerts.count
                counts[request.companyID]?.trace = request.alerts.last?.trace ?? ""
                news[request.companyID, default: News()].add(request)
            }
        }
        for (company, commit) in counts {
            acceptedAlerts.increment(by: Int64(commit.alerts))
            push(
                AlertsAccepted(count: commit.alerts, items: []), to: Self.alerts, company: company, trace: commit.trace)
        }
    }

    /// Tells the live views until the process stops, and once more then.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.interval)
                self.publish()
            }
        }
    }

    private func publish() {
        let news = news.withLock { news in
            defer { news.removeAll(keepingCapacity: true) }
            return news
        }
        for (company, commits) in news {
            push(
                AlertsAccepted(count: commits.count, items: commits.latest.map(Self.item)), to: Self.accepted,
                company: company, trace: commits.latest.last?.alert.trace ?? "")
        }
    }

    private func push(_ payload: AlertsAccepted, to channel: Channel, company: CompanyID, trace: String) {
        let now = clock.now
        let envelope = Envelope(
            id: UUIDv7.make(at: now).lowercaseText, producedAt: now, companyID: company, trace: trace,
            payload: payload)
        do {
            if bus.send(channel, topic: company.rawValue, body: try envelope.encoded()) != .queued {
                Counter(label: "aw_bus_unsent_messages", dimensions: [("channel", channel.name)]).increment()
            }
        } catch {
            logger.error("a message can't be encoded", metadata: ["error": "\(error)"])
        }
    }

    private static func item(_ entry: (integration: IntegrationID, alert: NewAlert)) -> AlertsAccepted.Item {
        let event = entry.alert.event
        return AlertsAccepted.Item(
            id: entry.alert.id.rawValue.lowercaseText, integrationID: entry.integration.rawValue,
            event: event.kind.rawValue, asset: event.asset, signature: event.signature,
            severity: event.severity.rawValue, message: String(event.message.prefix(500)),
            toolSource: event.toolSource, eventAt: entry.alert.eventAt, receivedAt: entry.alert.receivedAt)
    }
}
