import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes a connection whose client is too slow: to send a request's head, its body, or the next request.
///
/// The limits are absolute, not per byte, so that a client that sends a byte a second is cut off all the same.
public final class RequestDeadlineHandler: ChannelDuplexHandler, RemovableChannelHandler {
    public typealias InboundIn = HTTPRequestPart
    public typealias InboundOut = HTTPRequestPart
    public typealias OutboundIn = HTTPResponsePart
    public typealias OutboundOut = HTTPResponsePart

    /// How long a client may take.
    public struct Limits: Sendable {
        /// From the connection to the end of the first request's head.
        public var head: TimeAmount
        /// From the end of the head to the end of the body.
        public var body: TimeAmount
        /// From an answer to the end of the next request's head.
        public var idle: TimeAmount

        public init(head: TimeAmount = .seconds(10), body: TimeAmount = .seconds(15), idle: TimeAmount = .seconds(60)) {
            self.head = head
            self.body = body
            self.idle = idle
        }
    }

    private let limits: Limits
    private var isReadingRequest = false
    private var unanswered = 0
    /// Nil while the client owes nothing, because a request of its is being answered.
    private var deadline: NIODeadline?
    private var timer: Scheduled<Void>?
    private var timerDeadline: NIODeadline = .distantFuture

    public init(limits: Limits) {
        self.limits = limits
    }

    public func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { arm(limits.head, context: context) }
    }

    public func channelActive(context: ChannelHandlerContext) {
        arm(limits.head, context: context)
        context.fireChannelActive()
    }

    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isReadingRequest = true
            unanswered += 1
            // The timer follows when the read is complete: most requests have ended by then.
            deadline = .now() + limits.body
        case .body: break
        case .end:
            isReadingRequest = false
            awaitNext(context: context)
        }
        context.fireChannelRead(data)
    }

    public func channelReadComplete(context: ChannelHandlerContext) {
        moveTimer(context: context)
        context.fireChannelReadComplete()
    }

    public func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            unanswered -= 1
            if !isReadingRequest { awaitNext(context: context) }
        }
        context.write(data, promise: promise)
    }

    public func channelInactive(context: ChannelHandlerContext) {
        disarm()
        context.fireChannelInactive()
    }

    public func handlerRemoved(context: ChannelHandlerContext) {
        disarm()
    }

    /// The client owes the next request when all are answered, and nothing while one is not.
    private func awaitNext(context: ChannelHandlerContext) {
        if unanswered <= 0 {
            arm(limits.idle, context: context)
        } else {
            deadline = nil
        }
    }

    private func disarm() {
        deadline = nil
        timer?.cancel()
        timer = nil
    }

    private func arm(_ amount: TimeAmount, context: ChannelHandlerContext) {
        deadline = .now() + amount
        moveTimer(context: context)
    }

    /// Keeps one timer, which fires at the deadline or looks again when it fires before.
    private func moveTimer(context: ChannelHandlerContext) {
        guard let deadline, timer == nil || deadline < timerDeadline else { return }
        timer?.cancel()
        timerDeadline = deadline
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.timer = nil
            guard let deadline = self.deadline else { return }
            if deadline <= .now() {
                context.close(promise: nil)
            } else {
                self.moveTimer(context: context)
            }
        }
    }
}
