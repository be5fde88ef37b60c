import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket

/// Turns the pipeline of an HTTP connection into that of a WebSocket.
///
/// Confined to the event loop of its channel; used once.
final class WebSocketPipeline {
    private let limits: WebSocketLimits
    private let encoder: HTTPResponseEncoder
    private let decoder: ByteToMessageHandler<HTTPRequestDecoder>
    private var others: [any RemovableChannelHandler] = []

    /// - Parameters:
    ///   - encoder: Of HTTP; leaves last.
    ///   - decoder: Of HTTP; hands on the bytes it has not read.
    init(limits: WebSocketLimits, encoder: HTTPResponseEncoder, decoder: ByteToMessageHandler<HTTPRequestDecoder>) {
        self.limits = limits
        self.encoder = encoder
        self.decoder = decoder
    }

    /// Names a handler that has to leave because it can't stand frames.
    func willRemove(_ handlers: [any RemovableChannelHandler]) {
        others += handlers
    }

    /// Answers `request` with 101 and puts handlers for frames behind `handler`, which buffers meanwhile.
    ///
    /// - Returns: The connection. Fails when the channel has closed.
    func start(
        request: HTTPRequest, acceptance: WebSocketAcceptance, context: ChannelHandlerContext,
        handler: WebSocketUpgradeHandler
    ) -> EventLoopFuture<WebSocketConnection?> {
        let operations = context.pipeline.syncOperations
        return Self.answer(to: request, acceptance: acceptance, on: context.channel).assumeIsolated()
            .flatMap { response in
                context.writeAndFlush(NIOAny(HTTPResponsePart.head(response)), promise: nil)
                // The decoder passes on bytes as it leaves, which these would take for HTTP.
                return EventLoopFuture.andAllSucceed(
                    self.others.map { operations.removeHandler($0) }, on: context.eventLoop)
            }
            .flatMap { operations.removeHandler(self.decoder) }
            .flatMap { operations.removeHandler(self.encoder) }
            .flatMapThrowing {
                let outbox = WebSocketOutbox(limits: self.limits)
                let frames = WebSocketFrameHandler(limits: self.limits, outbox: outbox)
                let connection = WebSocketConnection(channel: context.channel, handler: frames, outbox: outbox)
                try operations.addHandlers(
                    [
                        WebSocketFrameEncoder(),
                        ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: self.limits.maximumFrameBytes)),
                        frames,
                    ], position: .after(handler))
                return connection
            }
            .nonisolated()
    }

    /// The 101, with the key answered as the protocol wants it.
    private static func answer(
        to request: HTTPRequest, acceptance: WebSocketAcceptance, on channel: any Channel
    ) -> EventLoopFuture<HTTPResponse> {
        let upgrader = NIOTypedWebSocketServerUpgrader<Void>(
            shouldUpgrade: { channel, _ in
                let fields = acceptance.subprotocol.map { [("Sec-WebSocket-Protocol", $0)] } ?? []
                return channel.eventLoop.makeSucceededFuture(HTTPHeaders(fields))
            },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
        do {
            return upgrader.buildUpgradeResponse(
                channel: channel, upgradeRequest: try HTTPRequestHead(request), initialResponseHeaders: [:]
            ).map { HTTPResponse(status: .switchingProtocols, headerFields: HTTPFields($0, splitCookie: false)) }
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
    }
}
