import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTPTypes

/// Watches a connection's HTTP requests for one that wants to become a WebSocket; all others pass.
///
/// Such a request waits until the answers to earlier ones have been written, then goes to ``attempts``, and nothing
/// more is read until ``complete(_:)`` brings the decision. A refusal is answered and ends the connection, because the
/// HTTP parser reads nothing after a request of this kind. Confined to its event loop.
final class WebSocketUpgradeHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum State {
        case http
        /// The head of an attempt has come, its end has not.
        case readingAttempt(HTTPRequest, hasBody: Bool)
        /// Earlier requests are being answered.
        case waiting(HTTPRequest, Problem?)
        case deciding(HTTPRequest)
        /// The HTTP handlers are leaving the pipeline; what they leave behind are the first bytes of frames.
        case upgrading([NIOAny])
        case refused
    }

    private let path: String
    private let upgrade: WebSocketPipeline
    private let attempts: AsyncStream<HTTPRequest>.Continuation
    private var state = State.http
    private var context: ChannelHandlerContext?
    private var unanswered = 0
    /// The parser has stopped after a request that another protocol might have followed.
    private var parserHasStopped = false
    private var isReadHeld = false
    private var isQuiescing = false

    /// - Parameter attempts: Gets the requests to decide upon, one at a time.
    init(path: String, upgrade: WebSocketPipeline, attempts: AsyncStream<HTTPRequest>.Continuation) {
        self.path = path
        self.upgrade = upgrade
        self.attempts = attempts
    }

    /// Carries out what was decided about the last attempt.
    ///
    /// - Returns: The connection, or nil when it was refused or is gone.
    func complete(_ decision: Result<WebSocketAcceptance, Problem>) -> EventLoopFuture<WebSocketConnection?>? {
        guard case .deciding(let request) = state, let context else { return nil }
        switch decision {
        case .success where isQuiescing:
            refuse(.unavailable("The server is shutting down. Connect again."), context: context)
            return nil
        case .success(let acceptance):
            state = .upgrading([])
            return upgrade.start(request: request, acceptance: acceptance, context: context, handler: self)
                .assumeIsolated().map { connection in
                    self.finishUpgrade()
                    return connection
                }.nonisolated()
        case .failure(let problem):
            refuse(problem, context: context)
            return nil
        }
    }

    // MARK: From the client

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .upgrading(let buffered) = state {
            state = .upgrading(buffered + [data])
            return
        }
        let part = unwrapInboundIn(data)
        switch (state, part) {
        case (.http, .head(let request)) where WebSocketHandshake.isAttempt(request, path: path):
            state = .readingAttempt(request, hasBody: false)
        case (.http, .head(let request)):
            unanswered += 1
            parserHasStopped = WebSocketHandshake.endsParsing(request)
            context.fireChannelRead(data)
        case (.http, _):
            context.fireChannelRead(data)
        case (.readingAttempt(let request, _), .body):
            state = .readingAttempt(request, hasBody: true)
        case (.readingAttempt(let request, let hasBody), .end):
            state = .waiting(request, Self.problem(of: request, hasBody: hasBody))
            decideWhenAnswered(context: context)
        default:
            // More requests behind an attempt: nobody may send those before its answer.
            context.close(promise: nil)
        }
    }

    func read(context: ChannelHandlerContext) {
        switch state {
        case .http where !parserHasStopped, .readingAttempt: context.read()
        case .refused: context.read()
        default: isReadHeld = true
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        isQuiescing = true
        switch state {
        case .deciding, .upgrading: break
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    // MARK: To the client

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var response) where parserHasStopped && unanswered == 1 && response.status.kind != .informational:
            response.headerFields[.connection] = "close"
            context.write(wrapOutboundOut(.head(response)), promise: promise)
        case .end:
            unanswered -= 1
            if parserHasStopped, unanswered == 0 {
                writeLast(data, context: context, promise: promise)
            } else {
                context.write(data, promise: promise)
                decideWhenAnswered(context: context)
            }
        default:
            context.write(data, promise: promise)
        }
    }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        attempts.finish()
    }

    func channelInactive(context: ChannelHandlerContext) {
        attempts.finish()
        context.fireChannelInactive()
    }
}

extension WebSocketUpgradeHandler {
    private static func problem(of request: HTTPRequest, hasBody: Bool) -> Problem? {
        do throws(Problem) {
            try WebSocketHandshake.check(request, hasBody: hasBody)
            return nil
        } catch {
            return error
        }
    }

    private func decideWhenAnswered(context: ChannelHandlerContext) {
        guard case .waiting(let request, let problem) = state, unanswered == 0 else { return }
        if let problem {
            refuse(problem, context: context)
        } else {
            state = .deciding(request)
            attempts.yield(request)
        }
    }

    private func refuse(_ problem: Problem, context: ChannelHandlerContext) {
        state = .refused
        let body = ByteBuffer(bytes: problem.body)
        var response = HTTPResponse(status: problem.status, headerFields: problem.headers)
        response.headerFields[.contentType] = Problem.contentType
        response.headerFields[.contentLength] = String(body.readableBytes)
        response.headerFields[.connection] = response.headerFields[.connection].map { "\($0), close" } ?? "close"
        context.write(wrapOutboundOut(.head(response)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        writeLast(wrapOutboundOut(.end(nil)), context: context, promise: nil)
        context.flush()
    }

    /// Writes the end of the last answer and closes when it is out.
    private func writeLast(_ end: NIOAny, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        let written = promise ?? context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { [weak self] _ in
            self?.context?.close(promise: nil)
        }
        context.write(end, promise: written)
    }

    /// The frame handlers stand behind this one now: hands them the first bytes and leaves.
    private func finishUpgrade() {
        guard case .upgrading(let buffered) = state, let context else { return }
        state = .refused
        for data in buffered { context.fireChannelRead(data) }
        if isQuiescing { context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
        if isReadHeld { context.read() }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}
