import Domain
import Foundation
import Logging
import Messaging
import Metrics
import Store
import ZeroMQ

/// Tells the Correlators and the Consoles of a commit. What can't be sent at once is found by their own sweeps.
struct AcceptedAnnouncement: Sendable {
    static let alerts = Channel(BusChannels.alerts, .pushPull)
    static let accepted = Channel(BusChannels.accepted, .publishSubscribe)
    private static let maximumItems = 20

    let bus: Bus
    let clock: DatabaseClock
    let logger: Logger

    func send(_ requests: [AcceptableRequest]) {
        var byCompany: [CompanyID: [(integration: IntegrationID, alert: NewAlert)]] = [:]
        for request in requests {
            byCompany[request.companyID, default: []] += request.alerts.map { (request.integrationID, $0) }
        }
        for (company, alerts) in byCompany {
            Counter(label: "aw_ingest_accepted_alerts").increment(by: Int64(alerts.count))
            let items = alerts.suffix(Self.maximumItems).map(Self.item)
            let trace = alerts.last?.alert.trace ?? ""
            push(AlertsAccepted(count: alerts.count, items: []), to: Self.alerts, company: company, trace: trace)
            push(AlertsAccepted(count: alerts.count, items: items), to: Self.accepted, company: company, trace: trace)
        }
    }

    private func push(_ payload: AlertsAccepted, to channel: Channel, company: CompanyID, trace: String) {
        let now = clock.now
        let envelope = Envelope(
            id: UUIDv7.make(at: now).uuidString.lowercased(), producedAt: now, companyID: company, trace: trace,
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
            id: entry.alert.id.rawValue.uuidString.lowercased(), integrationID: entry.integration.rawValue,
            event: event.kind.rawValue, asset: event.asset, signature: event.signature,
            severity: event.severity.rawValue, message: String(event.message.prefix(500)),
            toolSource: event.toolSource, eventAt: entry.alert.eventAt, receivedAt: entry.alert.receivedAt)
    }
}
