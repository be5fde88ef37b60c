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
    private var deadline: Scheduled<Void>?
    private var armedUntil: NIODeadline = .distantFuture

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
        case .head: arm(limits.body, context: context)
        case .body: break
        case .end: armedUntil = .distantFuture
        }
        context.fireChannelRead(data)
    }

    public func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data), armedUntil == .distantFuture { arm(limits.idle, context: context) }
        context.write(data, promise: promise)
    }

    public func channelInactive(context: ChannelHandlerContext) {
        disarm()
        context.fireChannelInactive()
    }

    public func handlerRemoved(context: ChannelHandlerContext) {
        disarm()
    }

    private func disarm() {
        armedUntil = .distantFuture
        deadline?.cancel()
        deadline = nil
    }

    /// Moves the deadline; one timer per connection is kept and looks again when it fires early.
    private func arm(_ amount: TimeAmount, context: ChannelHandlerContext) {
        armedUntil = .now() + amount
        if deadline == nil { schedule(after: amount, context: context) }
    }

    private func schedule(after amount: TimeAmount, context: ChannelHandlerContext) {
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        deadline = context.eventLoop.scheduleTask(in: amount) {
            let (handler, context) = bound.value
            handler.deadline = nil
            guard handler.armedUntil != .distantFuture else { return }
            let left = handler.armedUntil - .now()
            if left <= .zero {
                context.close(promise: nil)
            } else {
                handler.schedule(after: left, context: context)
            }
        }
    }
}
