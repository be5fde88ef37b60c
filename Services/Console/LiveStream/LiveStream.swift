import Domain
import Foundation
import HTTPServing
import Logging
import Messaging
import Metrics
import Postgres
import Runtime
import ServiceLifecycle
import Store
import Synchronization
import ZeroMQ

/// Sends what happens to every browser that may see it.
///
/// Changes come by the bus, within milliseconds, and once more from the journal, where nothing is lost: what the bus did
/// not tell is delivered then. Changes of an incident that come together are one frame with its present state.
final class LiveStream: Service {
    static let events = EventPublisher.channel
    static let accepted = Channel(BusChannels.accepted, .publishSubscribe)
    /// Changes are gathered for so long, so that an incident that changes a hundred times a second is one frame.
    private static let gathering: Duration = .milliseconds(15)
    private static let sweepLimit = 2000
    static let catchUpLimit = 5000

    private struct State {
        var subscribers: [UInt64: LiveSubscriber] = [:]
        var nextID: UInt64 = 1
        var changes: [CompanyID: [IncidentID: IncidentChange]] = [:]
        var pace: [CompanyID: AlertPace] = [:]
        /// Journal rows that the bus told of and the sweep has still to pass.
        var told: Set<Int64> = []
        /// Up to where the journal was read.
        var read: JournalCursor?
        /// Up to where everything was delivered: what clients are given.
        var delivered: JournalCursor?
    }

    private let database: ConsoleDatabase
    private let bus: Bus
    private let clock: DatabaseClock
    private let logger: Logger
    private let state = Mutex(State())
    private let wake = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    init(database: ConsoleDatabase, bus: Bus, clock: DatabaseClock, logger: Logger) {
        self.database = database
        self.bus = bus
        self.clock = clock
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.listen() }
                group.addTask { await self.listenToAlerts() }
                group.addTask { await self.deliver() }
                group.addTask { await self.sweep() }
                group.addTask { await self.watchSessions() }
                await group.waitForAll()
            }
        }
    }

    // MARK: Subscribers

    /// The position from which nothing is missed; nil before the journal was read for the first time.
    var cursor: JournalCursor? { state.withLock { $0.delivered } }

    func join(_ connection: WebSocketConnection, viewer: SignedIn) -> LiveSubscriber {
        let subscriber = state.withLock { state in
            let subscriber = LiveSubscriber(id: state.nextID, connection: connection, viewer: viewer)
            state.nextID += 1
            state.subscribers[subscriber.id] = subscriber
            return subscriber
        }
        gaugeSubscribers()
        return subscriber
    }

    func leave(_ subscriber: LiveSubscriber) {
        state.withLock { $0.subscribers[subscriber.id] = nil }
        gaugeSubscribers()
    }

    private func gaugeSubscribers() {
        Gauge(label: "aw_console_stream_subscribers").record(state.withLock { $0.subscribers.count })
    }

    private func subscribers(of company: CompanyID) -> [LiveSubscriber] {
        state.withLock { Array($0.subscribers.values) }.filter { $0.sees(company) }
    }

    // MARK: Incidents

    private func listen() async {
        for await message in bus.messages(Self.events) {
            guard let envelope = try? Envelope<JournalPublished>.decoded(message.body) else {
                logger.warning("a message can't be read", metadata: ["channel": "\(message.channel)"])
                continue
            }
            let changes = envelope.payload.entries.compactMap { entry in
                IncidentChange(
                    kind: entry.kind, company: envelope.companyID,
                    incidentID: entry.incidentID.map { IncidentID($0) }, sequence: entry.id,
                    isInternal: entry.isInternal)
            }
            note(changes, told: true)
        }
    }

    private func note(_ changes: [IncidentChange], told: Bool) {
        guard !changes.isEmpty else { return }
        state.withLock { state in
            for change in changes {
                if told { state.told.insert(change.sequence) }
                Self.note(change, in: &state)
            }
        }
        wake.continuation.yield()
    }

    private static func note(_ change: IncidentChange, in state: inout State) {
        let earlier = state.changes[change.companyID]?[change.incidentID]
        state.changes[change.companyID, default: [:]][change.incidentID] = earlier?.merged(with: change) ?? change
    }

    private func deliver() async {
        for await _ in wake.stream {
            try? await Task.sleep(for: Self.gathering)
            let (changes, read) = state.withLock { state in
                defer { state.changes = [:] }
                return (state.changes, state.read)
            }
            var isComplete = true
            for (company, incidents) in changes {
                let isDelivered = await deliver(Array(incidents.values), of: company)
                isComplete = isComplete && isDelivered
            }
            if isComplete { state.withLock { $0.delivered = read } }
            if Task.isCancelled { return }
        }
    }

    /// - Returns: Whether everyone has it; else it is noted again.
    private func deliver(_ changes: [IncidentChange], of company: CompanyID) async -> Bool {
        let audience = subscribers(of: company)
        guard !audience.isEmpty, let cursor else { return true }
        do {
            let frames = try await frames(for: changes, companies: [company], cursor: cursor)
            for frame in frames {
                for subscriber in audience { subscriber.deliver(frame) }
            }
            return true
        } catch {
            // The sweep has passed these rows or will: put them back.
            logger.warning("live changes not read", metadata: [LogKey.error: "\(error)"])
            note(changes, told: false)
            try? await Task.sleep(for: .milliseconds(200))
            return false
        }
    }

    /// A change as the roles see it; written once for all viewers of a kind.
    struct Rendered: Sendable {
        var change: IncidentChange
        /// Of the incident, which grows with every change.
        var version: Int64
        var staff: String
        var client: String

        func text(for role: Role) -> String? {
            guard role.isClient else { return staff }
            return change.isInternal ? nil : client
        }
    }

    /// The changes with the incidents' present state, in order; those that are not visible are left out.
    func frames(
        for changes: [IncidentChange], companies: [CompanyID], cursor: JournalCursor
    ) async throws -> [Rendered] {
        let scope = [(name: "aw.companies", value: "{" + companies.map(\.rawValue).joined(separator: ",") + "}")]
        let ids = changes.map(\.incidentID)
        let records = try await database.viewers.withTransaction(settings: scope, readOnly: true) { transaction in
            try await transaction.query(ReadIncidents(ids: ids))
        }
        let byID = Dictionary(records.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let now = clock.now
        return try changes.sorted { $0.sequence < $1.sequence }.compactMap { change -> Rendered? in
            guard let record = byID[change.incidentID] else { return nil }
            let staff = try Projection(for: .technician).incident(record, now: now)
            let client = try Projection(for: .clientViewer).incident(record, now: now)
            return Rendered(
                change: change, version: record.version,
                staff: LiveFrame.incident(change, cursor: cursor, data: staff),
                client: LiveFrame.incident(change, cursor: cursor, data: client))
        }
    }

    // MARK: The journal

    /// Reads on in the journal, several times a second: finds what the bus did not tell, and moves the cursor.
    private func sweep() async {
        var backoff = Backoff(first: .milliseconds(200), highest: .seconds(2))
        while !Task.isCancelled {
            do {
                let full = try await readOn()
                backoff.reset()
                if !full { try await Task.sleep(for: .milliseconds(300)) }
            } catch is CancellationError {
                return
            } catch {
                logger.warning("journal not read", metadata: [LogKey.error: "\(error)"])
                try? await Task.sleep(for: backoff.next())
            }
        }
    }

    /// - Returns: Whether there is more to read at once.
    private func readOn() async throws -> Bool {
        guard let position = state.withLock({ $0.read }) else {
            let horizon = try await database.identity.first(ReadJournalHorizon())
            state.withLock { state in
                state.read = horizon
                state.delivered = horizon
            }
            return false
        }
        let rows = try await database.identity.query(
            ReadJournalAfter(cursor: position, limit: Self.sweepLimit))
        guard let last = rows.last else { return false }
        let missed = rows.compactMap { row -> IncidentChange? in
            let draft = row.entry.draft
            return IncidentChange(
                kind: draft.kind, company: draft.companyID, incidentID: draft.incidentID,
                sequence: row.entry.sequence, isInternal: draft.isInternal)
        }
        state.withLock { state in
            // Who subscribed after the bus told of a row has read it from the journal.
            for change in missed where state.told.remove(change.sequence) == nil { Self.note(change, in: &state) }
            if state.told.count > 100_000 { state.told.removeAll() }
            state.read = last.cursor
        }
        wake.continuation.yield()
        return rows.count == Self.sweepLimit
    }

    // MARK: Alerts

    private func listenToAlerts() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await message in self.bus.messages(Self.accepted) {
                    guard let envelope = try? Envelope<AlertsAccepted>.decoded(message.body) else { continue }
                    self.show(envelope.payload, of: envelope.companyID)
                }
            }
            group.addTask { await self.tellCounts() }
            await group.waitForAll()
        }
    }

    private func show(_ payload: AlertsAccepted, of company: CompanyID) {
        guard let cursor else { return }
        let audience = subscribers(of: company)
        guard !audience.isEmpty else { return }
        let now = clock.now
        for item in payload.items {
            let admitted = state.withLock { $0.pace[company, default: AlertPace()].admit(now: now) }
            guard admitted else { continue }
            let frame = LiveFrame.alert(Self.data(of: item, company: company), cursor: cursor)
            for subscriber in audience { subscriber.deliver(frame) }
        }
        state.withLock {
            $0.pace[company, default: AlertPace()].count(max(0, payload.count - payload.items.count))
        }
    }

    private func tellCounts() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
            let counts = state.withLock { state in
                state.pace.keys.map { company in (company, state.pace[company]?.take() ?? 0) }
            }
            guard let cursor else { continue }
            for (company, count) in counts where count > 0 {
                let frame = LiveFrame.alertsCounted(count, company: company, cursor: cursor)
                for subscriber in subscribers(of: company) { subscriber.deliver(frame) }
            }
        }
    }

    private static func data(of item: AlertsAccepted.Item, company: CompanyID) -> JSONValue {
        [
            "id": .string(item.id), "company_id": .string(company.rawValue),
            "integration_id": .string(item.integrationID), "event": .string(item.event),
            "asset": .string(item.asset), "signature": .string(item.signature),
            "severity": .string(item.severity), "message": .string(item.message),
            "tool_source": .string(item.toolSource), "event_at": .string(item.eventAt.rfc3339),
            "received_at": .string(item.receivedAt.rfc3339),
        ]
    }

    // MARK: Sessions

    /// Closes the sockets of sessions that ended, and follows changes of roles and companies, every two seconds.
    private func watchSessions() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(2))
            let subscribers = state.withLock { Array($0.subscribers.values) }
            guard !subscribers.isEmpty else { continue }
            do {
                let living = try await SignedIn.stillSignedIn(
                    subscribers.map { $0.viewer }, in: database.identity)
                await withTaskGroup(of: Void.self) { group in
                    for subscriber in subscribers {
                        if let viewer = living[subscriber.viewer.proof.key] {
                            subscriber.update(viewer)
                            guard subscriber.isIdle else { continue }
                            group.addTask {
                                await subscriber.connection.close(code: 1008, reason: "no subscribe in time")
                            }
                        } else {
                            group.addTask {
                                await subscriber.connection.close(code: 4401, reason: "session ended")
                            }
                        }
                    }
                }
            } catch {
                logger.warning("sessions not checked", metadata: [LogKey.error: "\(error)"])
            }
        }
    }
}
