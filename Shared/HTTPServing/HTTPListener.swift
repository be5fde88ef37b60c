import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// How a process listens for HTTP: address, limits, and what slow clients are allowed.
public struct HTTPListener: Sendable {
    public var host: String
    /// 0 takes any free port.
    public var port: Int
    public var maximumConnections: Int
    public var deadlines: RequestDeadlineHandler.Limits
    /// Bytes of all header fields together.
    public var maximumHeaderBytes: Int

    public init(
        host: String, port: Int, maximumConnections: Int = 4096, deadlines: RequestDeadlineHandler.Limits = .init(),
        maximumHeaderBytes: Int = 32 * 1024
    ) {
        self.host = host
        self.port = port
        self.maximumConnections = maximumConnections
        self.deadlines = deadlines
        self.maximumHeaderBytes = maximumHeaderBytes
    }

    /// The child channel's settings.
    public var channel: HTTP1Channel.Configuration {
        let limits = deadlines
        var decoder = HTTP1Channel.Configuration.DecoderConfiguration()
        decoder.maxHeaderFieldSize = 16 * 1024
        decoder.maxHeaderListSize = maximumHeaderBytes
        decoder.maxHeaderFieldCount = 100
        return HTTP1Channel.Configuration(
            additionalChannelHandlers: [RequestDeadlineHandler(limits: limits), UnreadableRequestHandler()],
            idleTimeout: nil,
            httpDecoderConfiguration: decoder)
    }

    /// The application around a router.
    ///
    /// - Parameter onRunning: Told the port that was bound.
    public func application<Context: RequestContext>(
        router: Router<Context>, server: HTTPServerBuilder? = nil, logger: Logger,
        onRunning: @escaping @Sendable (Int) -> Void = { _ in }
    ) -> some ApplicationProtocol where Context: InitializableFromSource<ApplicationRequestContextSource> {
        let configuration = channel
        let plain = HTTPServerBuilder { responder in
            EventLoopServing(base: HTTP1Channel(responder: responder, configuration: configuration))
        }
        return Application(
            router: router, server: server ?? plain,
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), backlog: 1024,
                availableConnectionsDelegate: MaximumAvailableConnections(maximumConnections)),
            onServerRunning: { channel in
                onRunning(channel.localAddress?.port ?? 0)
            },
            logger: logger)
    }
}
