import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Answers bytes that are no HTTP with a problem document, in order after what was asked before them, and closes.
///
/// The server behind it answers every such error with a bare 400, also when it has answered the request already whose
/// body breaks off. Here the first becomes a problem, and the second, which would be taken for the answer to another
/// request, is left out.
public final class UnreadableRequestHandler: ChannelDuplexHandler, RemovableChannelHandler {
    public typealias InboundIn = HTTPRequestPart
    public typealias InboundOut = HTTPRequestPart
    public typealias OutboundIn = HTTPResponsePart
    public typealias OutboundOut = HTTPResponsePart

    private var isReadingBody = false
    private var unanswered = 0
    /// What to say of a head that can't be read.
    private var problem: Problem?
    /// An answer to no request is being written.
    private var isSuperfluous = false

    public init() {}

    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isReadingBody = true
            unanswered += 1
        case .body: break
        case .end: isReadingBody = false
        }
        context.fireChannelRead(data)
    }

    public func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError, !isReadingBody { problem = Self.problem(for: error) }
        context.fireErrorCaught(error)
    }

    public func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head where unanswered == 0:
            isSuperfluous = true
            promise?.succeed()
        case .body where isSuperfluous: promise?.succeed()
        case .end where isSuperfluous: close(context: context, promise: promise)
        case .end:
            unanswered -= 1
            context.write(data, promise: promise)
        default: context.write(data, promise: promise)
        }
    }

    private func close(context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        if let problem {
            var head = HTTPResponse(status: problem.status, headerFields: problem.headers)
            let body = ByteBuffer(bytes: problem.body)
            head.headerFields[.contentType] = Problem.contentType
            head.headerFields[.contentLength] = String(body.readableBytes)
            head.headerFields[.connection] = "close"
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(body)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
        promise?.succeed()
        context.close(promise: nil)
    }

    private static func problem(for error: HTTPParserError) -> Problem {
        guard error == .headerOverflow else {
            return Problem(.badRequest, detail: "This is no HTTP request that can be read.")
        }
        return Problem(.requestHeaderFieldsTooLarge, detail: "The header fields, or one of them, are too large.")
    }
}
