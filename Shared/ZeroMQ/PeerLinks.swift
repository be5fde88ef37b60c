import CZeroMQ
import Logging

/// The connections of one connecting socket: which there should be, and which stand.
final class PeerLinks: LoopPart {
    private struct Link {
        let key: String
        /// Since when it does not stand; `nil` while it does.
        var downSince: ContinuousClock.Instant?
    }

    /// A link that has not come up for this long is made anew: libzmq gives up for good on some protocol errors.
    static let patience: Duration = .seconds(10)

    private let channel: Channel
    private let socket: Socket
    private let monitor: LinkMonitor
    private let logger: Logger
    private let onChange: (Int) -> Void
    private var links: [String: Link] = [:]

    /// - Parameter onChange: Called with the number of links that stand whenever it changes.
    init(
        _ context: Context, _ socket: Socket, channel: Channel, logger: Logger, onChange: @escaping (Int) -> Void
    ) throws(BusError) {
        self.channel = channel
        self.socket = socket
        self.logger = logger
        self.onChange = onChange
        monitor = try LinkMonitor(context, watching: socket, name: "connect.\(channel.pattern).\(channel.name)")
    }

    /// Connects to new targets (endpoint → key) and disconnects from those that are gone.
    ///
    /// An endpoint whose key changed is only disconnected; the next call connects it, after the old link's last events.
    ///
    /// - Returns: `true` when another call is needed soon.
    func apply(_ targets: [String: String], now: ContinuousClock.Instant) -> Bool {
        var isIncomplete = false
        for (endpoint, link) in links where targets[endpoint] != link.key || isStuck(link, now) {
            drop(endpoint)
            isIncomplete = isIncomplete || targets[endpoint] != nil
        }
        if !isIncomplete {
            for (endpoint, key) in targets where links[endpoint] == nil { connect(endpoint, key, now) }
        }
        report()
        return isIncomplete
    }

    private func isStuck(_ link: Link, _ now: ContinuousClock.Instant) -> Bool {
        link.downSince.map { now - $0 > Self.patience } ?? false
    }

    private func connect(_ endpoint: String, _ key: String, _ now: ContinuousClock.Instant) {
        do {
            try socket.connect(endpoint, serverKey: key)
            links[endpoint] = Link(key: key, downSince: now)
            logger.debug("connecting to peer", metadata: ["channel": "\(channel)", "endpoint": "\(endpoint)"])
        } catch {
            logger.warning(
                "peer can't be connected to; is its directory row right?",
                metadata: ["channel": "\(channel)", "endpoint": "\(endpoint)", "error": "\(error)"])
        }
    }

    private func drop(_ endpoint: String) {
        links[endpoint] = nil
        do {
            try socket.disconnect(endpoint)
        } catch {
            logger.debug("peer was gone already", metadata: ["endpoint": "\(endpoint)", "error": "\(error)"])
        }
        logger.debug("dropped peer", metadata: ["channel": "\(channel)", "endpoint": "\(endpoint)"])
    }

    private func report() {
        onChange(links.values.count { $0.downSince == nil })
    }

    var interest: (socket: Socket, events: Int32)? { (monitor.events, ZMQ_POLLIN) }

    func service() throws(BusError) -> Bool {
        var isChanged = false
        try monitor.drain { event in
            switch event {
            case .established(let endpoint):
                links[endpoint]?.downSince = nil
                isChanged = true
                logger.debug("peer connected", metadata: ["channel": "\(channel)", "endpoint": "\(endpoint)"])
            case .lost(let endpoint, _):
                guard let link = links[endpoint], link.downSince == nil else { return }
                links[endpoint]?.downSince = .now
                isChanged = true
                logger.debug("peer lost", metadata: ["channel": "\(channel)", "endpoint": "\(endpoint)"])
            case .accepted:
                break
            }
        }
        if isChanged { report() }
        return false
    }

    func close() { monitor.close() }
}

/// Counts the TCP connections of one binding socket.
final class AcceptedLinks: LoopPart {
    private let monitor: LinkMonitor
    private let onChange: (Int) -> Void
    private var descriptors: Set<Int32> = []

    init(
        _ context: Context, _ socket: Socket, channel: Channel, onChange: @escaping (Int) -> Void
    ) throws(BusError) {
        monitor = try LinkMonitor(context, watching: socket, name: "bind.\(channel.pattern).\(channel.name)")
        self.onChange = onChange
    }

    var interest: (socket: Socket, events: Int32)? { (monitor.events, ZMQ_POLLIN) }

    func service() throws(BusError) -> Bool {
        let before = descriptors.count
        try monitor.drain { event in
            switch event {
            case .accepted(let descriptor): descriptors.insert(descriptor)
            case .lost(_, let descriptor): descriptors.remove(descriptor)
            case .established: break
            }
        }
        if descriptors.count != before { onChange(descriptors.count) }
        return false
    }

    func close() { monitor.close() }
}
