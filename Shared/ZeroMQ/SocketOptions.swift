import CZeroMQ

/// The options every bus socket carries, set before it binds or connects.
extension Socket {
    /// Longest time a closed socket goes on sending.
    static let lingerMilliseconds: Int32 = 250

    /// Bytes that encryption adds to a frame, rounded up; libzmq limits the size of the encrypted frame.
    private static let encryptionOverhead = 64

    private static let heartbeatMilliseconds: (interval: Int32, timeout: Int32) = (2000, 6000)

    func applyCommonOptions(_ configuration: BusConfiguration) throws(BusError) {
        try set(ZMQ_LINGER, Self.lingerMilliseconds)
        try set(ZMQ_SNDHWM, Int32(configuration.sendHighWaterMark))
        try set(ZMQ_RCVHWM, Int32(configuration.receiveHighWaterMark))
        try set(ZMQ_MAXMSGSIZE, wide: Int64(BusConfiguration.maximumBodyBytes + Self.encryptionOverhead))
        try set(ZMQ_TCP_KEEPALIVE, 1)
        try set(ZMQ_TCP_KEEPALIVE_IDLE, 5)
        try set(ZMQ_TCP_KEEPALIVE_INTVL, 2)
        try set(ZMQ_TCP_KEEPALIVE_CNT, 3)
    }

    /// Turns on ZMTP heartbeats. Only for publish/subscribe: a pull socket whose consumer is slow stops reading,
    /// answers no heartbeat, and would lose the connection with all it holds just because it is busy. There TCP
    /// keepalive and the directory tell that a peer is gone.
    func applyHeartbeat() throws(BusError) {
        try set(ZMQ_HEARTBEAT_IVL, Self.heartbeatMilliseconds.interval)
        try set(ZMQ_HEARTBEAT_TIMEOUT, Self.heartbeatMilliseconds.timeout)
    }

    /// Makes this a binding socket that lets in only peers the handshake gate accepts.
    func applyServer(_ keys: CurveKeyPair) throws(BusError) {
        try set(ZMQ_CURVE_SERVER, 1)
        try set(ZMQ_CURVE_SECRETKEY, keys.secretKey)
        try set(ZMQ_ZAP_DOMAIN, "bus")
        // A client refused with status 300 is only let go, and so free to try again, when this time is up.
        try set(ZMQ_HANDSHAKE_IVL, 1000)
    }

    /// Makes this a connecting socket that shows its own key. The key of the peer is set before each connect.
    func applyClient(_ keys: CurveKeyPair) throws(BusError) {
        try set(ZMQ_CURVE_PUBLICKEY, keys.publicKey)
        try set(ZMQ_CURVE_SECRETKEY, keys.secretKey)
        try set(ZMQ_IMMEDIATE, 1)
        try set(ZMQ_HANDSHAKE_IVL, 5000)
        try set(ZMQ_RECONNECT_IVL, 100)
        try set(ZMQ_RECONNECT_IVL_MAX, 2000)
    }

    /// Binds an ephemeral port of `host` and returns the port.
    func bindEphemeral(_ host: String) throws(BusError) -> String {
        let isIPv6 = host.contains(":")
        try set(ZMQ_IPV6, isIPv6 ? 1 : 0)
        try bind(isIPv6 ? "tcp://[\(host)]:*" : "tcp://\(host):*")
        let endpoint = try lastEndpoint()
        guard let colon = endpoint.lastIndex(of: ":") else {
            throw .failed(operation: "bind to \(host)", code: EINVAL, reason: "no port in \(endpoint)")
        }
        return String(endpoint[endpoint.index(after: colon)...])
    }

    /// Connects to a peer whose public key is known. Names resolve to IPv4; IPv6 peers give a literal address.
    func connect(_ endpoint: String, serverKey: String) throws(BusError) {
        try set(ZMQ_IPV6, endpoint.hasPrefix("tcp://[") ? 1 : 0)
        try set(ZMQ_CURVE_SERVERKEY, serverKey)
        try connect(endpoint)
    }
}
