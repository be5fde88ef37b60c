import Domain
import Foundation
import Logging
import Messaging
import Metrics
import ZeroMQ

/// Tells the other processes of journal rows, after their commit. What is lost is caught up from the journal.
public struct EventPublisher: Sendable {
    public static let channel = Channel(BusChannels.events, .publishSubscribe)
    private static let maximumEntries = 500

    private let bus: Bus
    private let clock: DatabaseClock
    private let logger: Logger

    public init(bus: Bus, clock: DatabaseClock, logger: Logger) {
        self.bus = bus
        self.clock = clock
        self.logger = logger
    }

    /// One message per company, in the order given.
    public func publish(_ entries: [JournalEntry]) {
        var byCompany: [CompanyID: [JournalEntry]] = [:]
        for entry in entries { byCompany[entry.draft.companyID, default: []].append(entry) }
        for (company, all) in byCompany {
            for start in stride(from: 0, to: all.count, by: Self.maximumEntries) {
                send(Array(all[start..<min(start + Self.maximumEntries, all.count)]), company: company)
            }
        }
    }

    private func send(_ entries: [JournalEntry], company: CompanyID) {
        let now = clock.now
        let envelope = Envelope(
            id: UUIDv7.make(at: now).uuidString.lowercased(), producedAt: now, companyID: company,
            trace: entries.first?.draft.trace ?? "", payload: JournalPublished(entries: entries.map(\.message)))
        do {
            let topic = (entries.first?.draft.kind ?? "journal") + "." + company.rawValue
            if bus.send(Self.channel, topic: topic, body: try envelope.encoded()) != .queued {
                Counter(label: "aw_bus_unsent_messages", dimensions: [("channel", Self.channel.name)]).increment()
            }
        } catch {
            logger.error("a message can't be encoded", metadata: ["error": "\(error)"])
        }
    }
}
