import CZeroMQ
import Logging

/// Where a bus can be reached, once bound.
struct BoundBus: Sendable {
    /// Channel name → `tcp://host:port` with the advertised host.
    let endpoints: [String: String]
    let publicKey: String
}

/// All sockets of a bus and the loop that serves them.
///
/// Not `Sendable`: made, run and released on the socket thread.
final class SocketLoop {
    /// Time given to queued messages after the stop order; linger comes on top.
    private static let flushLimit: Duration = .milliseconds(250)

    let bound: BoundBus
    private let board: Switchboard
    private let wakeDescriptor: Int32
    private let gatekeeper: Gatekeeper
    private let links: [(channel: Channel, links: PeerLinks)]
    private let senders: [Sender]
    /// In the order in which they are served, and closed: monitors before their sockets, the gatekeeper last.
    private let parts: [any LoopPart]

    /// Opens and binds everything; connects nothing.
    init(_ configuration: BusConfiguration, _ board: Switchboard, logger: Logger) throws(BusError) {
        let context = try Context()
        let keys = try CurveKeyPair.generate()
        self.board = board
        wakeDescriptor = try board.wake.open()
        gatekeeper = try Gatekeeper(context, board, logger: logger)

        var plan = SocketPlan(context: context, configuration: configuration, keys: keys, logger: logger)
        for channel in configuration.pulls { try plan.addPull(channel, board.inboxes[channel]) }
        for channel in configuration.publishes { try plan.addPublish(channel, board.outboxes[channel]) }
        for channel in configuration.pushes { try plan.addPush(channel, board.outboxes[channel]) }
        for (channel, topics) in configuration.subscribes {
            try plan.addSubscribe(channel, topics, board.inboxes[channel])
        }
        bound = BoundBus(endpoints: plan.endpoints, publicKey: keys.publicKey)
        links = plan.links
        senders = plan.senders
        parts = plan.monitors + plan.receivers + plan.senders + [gatekeeper]
    }

    /// Serves the sockets until the stop order.
    ///
    /// - Throws: When libzmq fails in a way that is not the peer's doing.
    func run() throws(BusError) {
        var poller = Poller()
        var deadline: ContinuousClock.Instant?
        var hasMore = true
        while true {
            let isTimed = deadline != nil || gatekeeper.hasOpenQuestions
            let timeout = hasMore ? 0 : isTimed ? 20 : -1
            if try poller.wait(wake: wakeDescriptor, parts: parts, timeout: timeout) { board.wake.lower() }
            let orders = board.takeOrders()
            if let fleet = orders.fleet { try apply(fleet) }
            hasMore = false
            for part in parts where try part.service() { hasMore = true }
            guard orders.isStopping else { continue }
            let now = ContinuousClock.now
            let end = deadline ?? now + Self.flushLimit
            deadline = end
            if now >= end || senders.allSatisfy(\.isIdle) { return }
        }
    }

    private func apply(_ fleet: Fleet) throws(BusError) {
        try gatekeeper.admit(fleet.keys)
        var isIncomplete = false
        for (channel, links) in links {
            if links.apply(fleet.targets(of: channel), now: .now) { isIncomplete = true }
        }
        if isIncomplete { board.requestRefresh() }
    }

    /// Drops and counts what was not sent, and closes all sockets.
    func close() {
        for sender in senders { sender.discard() }
        for part in parts { part.close() }
    }
}
