import CZeroMQ
import Logging

/// Builds the sockets of a bus, channel by channel.
struct SocketPlan {
    let context: Context
    let configuration: BusConfiguration
    let keys: CurveKeyPair
    let logger: Logger

    private(set) var endpoints: [String: String] = [:]
    private(set) var links: [(channel: Channel, links: PeerLinks)] = []
    private(set) var monitors: [any LoopPart] = []
    private(set) var receivers: [any LoopPart] = []
    private(set) var senders: [Sender] = []

    init(context: Context, configuration: BusConfiguration, keys: CurveKeyPair, logger: Logger) {
        self.context = context
        self.configuration = configuration
        self.keys = keys
        self.logger = logger
    }

    mutating func addPull(_ channel: Channel, _ inbox: Inbox?) throws(BusError) {
        guard let inbox else { return }
        let socket = try makeServer(.pull)
        monitors.append(
            try AcceptedLinks(context, socket, channel: channel) { count in inbox.record { $0.accepted = count } })
        receivers.append(Receiver(socket, channel: channel, inbox))
        try bind(socket, channel)
    }

    mutating func addPublish(_ channel: Channel, _ outbox: Outbox?) throws(BusError) {
        guard let outbox else { return }
        let socket = try makeServer(.xpub)
        try socket.applyHeartbeat()
        let sender = Sender(socket, outbox)
        monitors.append(
            try AcceptedLinks(context, socket, channel: channel) { count in outbox.record { $0.accepted = count } })
        receivers.append(
            SubscriptionReader(socket) { count in
                outbox.record { $0.subscriptions = count }
                sender.setHasPeer(count > 0)
            })
        senders.append(sender)
        try bind(socket, channel)
    }

    mutating func addPush(_ channel: Channel, _ outbox: Outbox?) throws(BusError) {
        guard let outbox else { return }
        let socket = try makeClient(.push)
        let sender = Sender(socket, outbox)
        try addLinks(socket, channel) { count in
            outbox.record { $0.peers = count }
            sender.setHasPeer(count > 0)
        }
        senders.append(sender)
    }

    mutating func addSubscribe(_ channel: Channel, _ topics: [String], _ inbox: Inbox?) throws(BusError) {
        guard let inbox else { return }
        let socket = try makeClient(.sub)
        try socket.applyHeartbeat()
        for topic in topics.isEmpty ? [""] : topics { try socket.set(ZMQ_SUBSCRIBE, topic) }
        try addLinks(socket, channel) { count in inbox.record { $0.peers = count } }
        receivers.append(Receiver(socket, channel: channel, inbox))
    }

    private func makeServer(_ kind: Socket.Kind) throws(BusError) -> Socket {
        let socket = try Socket(context, kind)
        try socket.applyCommonOptions(configuration)
        try socket.applyServer(keys)
        return socket
    }

    private func makeClient(_ kind: Socket.Kind) throws(BusError) -> Socket {
        let socket = try Socket(context, kind)
        try socket.applyCommonOptions(configuration)
        try socket.applyClient(keys)
        return socket
    }

    private mutating func addLinks(
        _ socket: Socket, _ channel: Channel, _ onChange: @escaping (Int) -> Void
    ) throws(BusError) {
        let peers = try PeerLinks(context, socket, channel: channel, logger: logger, onChange: onChange)
        links.append((channel, peers))
        monitors.append(peers)
    }

    private mutating func bind(_ socket: Socket, _ channel: Channel) throws(BusError) {
        let port = try socket.bindEphemeral(configuration.bindHost)
        let host = configuration.advertiseHost == "localhost" ? "127.0.0.1" : configuration.advertiseHost
        endpoints[channel.name] = host.contains(":") ? "tcp://[\(host)]:\(port)" : "tcp://\(host):\(port)"
    }
}
