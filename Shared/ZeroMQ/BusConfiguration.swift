/// What an instance binds and connects, and how much it buffers.
public struct BusConfiguration: Sendable {
    /// The service this process is an instance of, e.g. `ingest`.
    public var service: String
    /// The version of the software, shown in the fleet.
    public var version: String
    /// Host name or address under which other instances reach this one. An IPv6 address is given without brackets.
    public var advertiseHost: String
    /// Address that binding sockets listen on. An IPv6 address is given without brackets.
    public var bindHost: String
    /// Push/pull channels this instance consumes. Binds an ephemeral port for each.
    public var pulls: [Channel]
    /// Publish/subscribe channels this instance publishes. Binds an ephemeral port for each.
    public var publishes: [Channel]
    /// Push/pull channels this instance sends to. Connects to every live instance that pulls them, itself included.
    public var pushes: [Channel]
    /// Publish/subscribe channels this instance consumes, with the topic prefixes it wants. An empty list means every
    /// topic. Connects to every live instance that publishes them, itself included.
    public var subscribes: [Channel: [String]]
    /// Messages held per channel in the outbound queue, and again per peer inside ZeroMQ. 1 or more.
    public var sendHighWaterMark: Int
    /// Messages ZeroMQ holds per peer before it stops reading from that peer. 1 or more.
    public var receiveHighWaterMark: Int
    /// Messages held per channel for a consumer that is behind. 1 or more.
    public var inboundBuffer: Int
    /// Bytes of message bodies held per channel in the outbound queue, and likewise in the inbound buffer. The message
    /// that crosses the limit is still taken.
    public var bufferBytes: Int = 64 << 20
    /// Time between two heartbeats into the directory.
    public var heartbeatInterval: Duration
    /// Time between two readings of the directory when no hint arrives.
    public var refreshInterval: Duration

    /// The largest message body the bus carries, in bytes. A peer that sends more is disconnected.
    public static let maximumBodyBytes = 16 << 20

    /// Configures an instance of a service.
    ///
    /// - Parameter bindHost: `nil` chooses by `advertiseHost`: loopback when that is loopback, else all interfaces
    ///   of the same address family (IPv4 for names).
    public init(
        service: String, version: String, advertiseHost: String, bindHost: String? = nil,
        pulls: [Channel] = [], publishes: [Channel] = [], pushes: [Channel] = [],
        subscribes: [Channel: [String]] = [:],
        sendHighWaterMark: Int = 1000, receiveHighWaterMark: Int = 1000, inboundBuffer: Int = 1024,
        heartbeatInterval: Duration = .seconds(2), refreshInterval: Duration = .seconds(2)
    ) {
        self.service = service
        self.version = version
        self.advertiseHost = advertiseHost
        self.bindHost = bindHost ?? Self.defaultBindHost(advertising: advertiseHost)
        self.pulls = pulls
        self.publishes = publishes
        self.pushes = pushes
        self.subscribes = subscribes
        self.sendHighWaterMark = sendHighWaterMark
        self.receiveHighWaterMark = receiveHighWaterMark
        self.inboundBuffer = inboundBuffer
        self.heartbeatInterval = heartbeatInterval
        self.refreshInterval = refreshInterval
    }

    static func defaultBindHost(advertising host: String) -> String {
        if host == "localhost" || host.hasPrefix("127.") { return "127.0.0.1" }
        if host == "::1" { return "::1" }
        return host.contains(":") ? "::" : "0.0.0.0"
    }

    /// Checks that the settings fit together.
    ///
    /// - Throws: ``BusError/invalidConfiguration(_:)`` with the first thing that is wrong.
    func validate() throws(BusError) {
        func check(_ channels: [Channel], _ pattern: Channel.Pattern, _ role: String) throws(BusError) {
            for channel in channels where channel.pattern != pattern {
                throw .invalidConfiguration("channel \(channel.name) can't be in \(role): its pattern differs")
            }
            if Set(channels).count != channels.count {
                throw .invalidConfiguration("\(role) names a channel twice")
            }
        }
        try check(pulls, .pushPull, "pulls")
        try check(pushes, .pushPull, "pushes")
        try check(publishes, .publishSubscribe, "publishes")
        try check(Array(subscribes.keys), .publishSubscribe, "subscribes")
        let bound = (pulls + publishes).map(\.name)
        if Set(bound).count != bound.count {
            throw .invalidConfiguration("a channel name is bound with two patterns")
        }
        if advertiseHost.isEmpty || bindHost.isEmpty {
            throw .invalidConfiguration("advertiseHost and bindHost must not be empty")
        }
        let bounds = [sendHighWaterMark, receiveHighWaterMark, inboundBuffer, bufferBytes]
        if bounds.contains(where: { $0 < 1 || $0 > Int(Int32.max) }) {
            throw .invalidConfiguration("high-water marks and buffers must be 1...2147483647")
        }
        if heartbeatInterval <= .zero || refreshInterval <= .zero {
            throw .invalidConfiguration("heartbeatInterval and refreshInterval must be above zero")
        }
    }
}
