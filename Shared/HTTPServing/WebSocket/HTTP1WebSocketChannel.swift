import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

extension HTTPServerBuilder {
    /// HTTP/1.1 as with `http1(configuration:)`, where requests on one path may become WebSockets.
    ///
    /// Any request of a connection may, not only its first. A request on the path with wrong or missing upgrade headers
    /// is answered with 426, one without any goes to the router. At a graceful shutdown WebSockets close with 1001.
    ///
    /// - Parameter configuration: Its additional handlers leave the pipeline with the upgrade.
    public static func http1WithWebSocket(
        configuration: HTTP1Channel.Configuration, endpoint: WebSocketEndpoint, limits: WebSocketLimits = .init()
    ) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            EventLoopServing(
                base: HTTP1WebSocketChannel(
                    responder: responder, configuration: configuration, endpoint: endpoint, limits: limits))
        }
    }
}

/// A connection that speaks HTTP/1.1 until one of its requests makes it a WebSocket.
struct HTTP1WebSocketChannel: HTTPChannelHandler {
    /// What a connection is served through.
    struct Value: ServerChildChannelValue {
        let http: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
        let upgrade: NIOLoopBound<WebSocketUpgradeHandler>
        /// Requests to become a WebSocket, one at a time; ends when the connection does or an upgrade is done.
        let attempts: AsyncStream<HTTPRequest>

        var channel: any Channel { http.channel }
    }

    let responder: HTTPChannelHandler.Responder
    let configuration: HTTP1Channel.Configuration
    let endpoint: WebSocketEndpoint
    let limits: WebSocketLimits

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let encoder = HTTPResponseEncoder()
            let decoder = ByteToMessageHandler(
                HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: decoderLimits))
            let pipeline = WebSocketPipeline(limits: limits, encoder: encoder, decoder: decoder)
            let (attempts, continuation) = AsyncStream.makeStream(of: HTTPRequest.self)
            let upgrade = WebSocketUpgradeHandler(path: endpoint.path, upgrade: pipeline, attempts: continuation)
            let codec = HTTP1ToHTTPServerCodec(secure: false)
            let additional = configuration.additionalChannelHandlers()
            let connectionState = HTTPConnectionStateHandler(
                idleTimeout: configuration.idleTimeout.map { .init($0) }, logger: logger)
            pipeline.willRemove([codec, connectionState] + additional)

            let operations = channel.pipeline.syncOperations
            try operations.addHandlers([encoder, decoder, codec])
            try operations.addHandlers(additional)
            // Before the handler that keeps count of requests and closes an idle connection at shutdown, so that an
            // attempt is no request to it and a WebSocket hears of the shutdown.
            try operations.addHandlers([upgrade, connectionState])
            return Value(
                http: try NIOAsyncChannel(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)),
                upgrade: NIOLoopBound(upgrade, eventLoop: channel.eventLoop), attempts: attempts)
        }
    }

    func handle(value: Value, logger: Logger) async {
        await withDiscardingTaskGroup { group in
            // Goes on, asleep, beside a WebSocket: it owns the channel and returns when that has closed.
            group.addTask { await handleHTTP(asyncChannel: value.http, logger: logger) }
            for await request in value.attempts {
                let decision = await decide(request, channel: value.channel, logger: logger)
                if let connection = await complete(decision, of: value, logger: logger),
                    case .success(let acceptance) = decision
                {
                    await serve(connection, acceptance)
                }
            }
        }
    }

    private var decoderLimits: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = configuration.httpDecoder.maxHeaderFieldSize
        limits.maxHeaderListSize = configuration.httpDecoder.maxHeaderListSize
        limits.maxHeaderFieldCount = configuration.httpDecoder.maxHeaderFieldCount
        return limits
    }
}

extension HTTP1WebSocketChannel {
    /// Asks the endpoint, and makes a problem of its refusal.
    private func decide(
        _ request: HTTPRequest, channel: any Channel, logger: Logger
    ) async -> Result<WebSocketAcceptance, Problem> {
        do {
            let acceptance = try await endpoint.accept(request, channel.remoteAddress?.ipAddress)
            if let selected = acceptance.subprotocol, !request.webSocketProtocols.contains(selected) {
                return .failure(Problem(.badRequest, detail: "The client does not offer the subprotocol \(selected)."))
            }
            return .success(acceptance)
        } catch let problem as Problem {
            return .failure(problem)
        } catch {
            if let problem = endpoint.translate(error) { return .failure(problem) }
            logger.error("WebSocket refused", metadata: ["error": "\(error)", "path": "\(endpoint.path)"])
            return .failure(
                Problem(
                    .internalServerError, detail: "Something went wrong here; it is in the log. Try again in a moment.")
            )
        }
    }

    private func complete(
        _ decision: Result<WebSocketAcceptance, Problem>, of value: Value, logger: Logger
    ) async -> WebSocketConnection? {
        do {
            return try await value.channel.eventLoop.flatSubmit {
                value.upgrade.value.complete(decision) ?? value.channel.eventLoop.makeSucceededFuture(nil)
            }.get()
        } catch {
            logger.debug("WebSocket upgrade failed", metadata: ["error": "\(error)"])
            value.channel.close(promise: nil)
            return nil
        }
    }

    /// Runs the endpoint's part until it returns or the connection has ended, whichever is first.
    private func serve(_ connection: WebSocketConnection, _ acceptance: WebSocketAcceptance) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await endpoint.handle(connection, acceptance)
                await connection.close(code: WebSocketCloseCode.normal, reason: "")
            }
            group.addTask { await connection.closed() }
            await group.next()
            group.cancelAll()
        }
    }
}
