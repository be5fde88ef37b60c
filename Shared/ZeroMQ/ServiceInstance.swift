/// A live process on the bus, as registered in the directory.
public struct ServiceInstance: Sendable, Equatable, Codable {
    /// UUID in lower case, new at each start.
    public var id: String
    /// The service it is an instance of.
    public var service: String
    /// Host name or address it is reached by.
    public var host: String
    /// Process id on its host.
    public var pid: Int32
    /// Version of the software.
    public var version: String
    /// Start, microseconds since 1970 UTC, by the instance's own clock.
    public var startedAt: Int64
    /// Last heartbeat, microseconds since 1970 UTC, by the directory's clock once registered.
    public var heartbeatAt: Int64
    /// Channel name → `tcp://host:port` that the instance binds.
    public var endpoints: [String: String]
    /// CURVE public key of the instance, Z85, 40 characters. Not a secret.
    public var curvePublicKey: String

    /// Describes an instance.
    public init(
        id: String, service: String, host: String, pid: Int32, version: String, startedAt: Int64, heartbeatAt: Int64,
        endpoints: [String: String], curvePublicKey: String
    ) {
        self.id = id
        self.service = service
        self.host = host
        self.pid = pid
        self.version = version
        self.startedAt = startedAt
        self.heartbeatAt = heartbeatAt
        self.endpoints = endpoints
        self.curvePublicKey = curvePublicKey
    }
}
