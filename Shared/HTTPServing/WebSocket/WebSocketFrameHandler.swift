import NIOCore
import NIOWebSocket

/// The end of the pipeline of an upgraded connection: frames in, messages out, and back.
///
/// Confined to its event loop; decides nothing itself but carries out what ``WebSocketStateMachine`` says.
final class WebSocketFrameHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = Never
    typealias OutboundOut = WebSocketFrame

    private var machine: WebSocketStateMachine
    private let outbox: WebSocketOutbox
    private var source: WebSocketMessages.Producer.Source?
    private var context: ChannelHandlerContext?
    /// False while messages wait for their consumer.
    private var isReading = true
    private var isReadHeld = false
    private var timer: Scheduled<Void>?
    private var timerDeadline: NIODeadline = .distantFuture

    init(limits: WebSocketLimits, outbox: WebSocketOutbox) {
        machine = WebSocketStateMachine(limits: limits, now: .now())
        self.outbox = outbox
    }

    /// Where messages go; once, before the first frame.
    func feed(_ source: WebSocketMessages.Producer.Source) {
        self.source = source
    }

    // MARK: From the consumer

    func consumerWantsMore() {
        resumeReading()
    }

    func consumerLeft() {
        source = nil
        resumeReading()
    }

    /// Writes what waits in the outbox.
    func drain() {
        writeWaiting()
        context?.flush()
    }

    func close(code: UInt16, reason: String) {
        perform(machine.close(code: code, reason: reason, now: .now()))
    }

    func fail(_ failure: WebSocketFailure) {
        perform(machine.fail(failure, now: .now()))
    }

    // MARK: From the network

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        armTimer()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        perform(machine.disconnected())
        timer?.cancel()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        perform(machine.receive(unwrapInboundIn(data), now: .now()))
    }

    func read(context: ChannelHandlerContext) {
        if isReading {
            context.read()
        } else {
            isReadHeld = true
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let error as NIOWebSocketError: perform(machine.decodingFailed(error, now: .now()))
        // What comes after bytes that were no frame; it is thrown away.
        case is ByteToMessageDecoderError: break
        default: context.close(promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed: perform(machine.inputEnded())
        case is ChannelShouldQuiesceEvent: close(code: WebSocketCloseCode.goingAway, reason: "server is shutting down")
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        perform(machine.disconnected())
        context.fireChannelInactive()
    }

    // MARK: Actions

    private func perform(_ actions: [WebSocketStateMachine.Action]) {
        if !machine.isOpen { outbox.seal(closeCode: machine.closeCode) }
        for action in actions { perform(action) }
        armTimer()
    }

    private func perform(_ action: WebSocketStateMachine.Action) {
        switch action {
        case .deliver(let text):
            if case .stopProducing = source?.yield(text) { isReading = false }
        case .send(let opcode, let payload):
            write(opcode, payload, promise: nil)
            context?.flush()
        case .endMessages(let failure):
            endMessages(failure)
        case .sendClose(let payload, let next):
            sendClose(payload, then: next)
        case .disconnect:
            context?.close(promise: nil)
        }
    }

    private func endMessages(_ failure: WebSocketFailure?) {
        let source = self.source
        self.source = nil
        if let failure {
            source?.finish(failure)
        } else {
            source?.finish()
        }
        // What the peer still sends is looked through for its close frame.
        resumeReading()
    }

    private func sendClose(_ payload: ByteBuffer, then next: WebSocketStateMachine.AfterClose) {
        guard let context else { return }
        writeWaiting()
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenSuccess { [weak self] in
            switch next {
            case .awaitPeer: break
            case .endOutput: self?.context?.close(mode: .output, promise: nil)
            case .disconnect: self?.context?.close(promise: nil)
            }
        }
        write(.connectionClose, payload, promise: written)
        context.flush()
    }

    private func writeWaiting() {
        guard let context else { return }
        for payload in outbox.take() {
            let written = context.eventLoop.makePromise(of: Void.self)
            written.futureResult.whenComplete { [outbox, bytes = payload.readableBytes] _ in
                outbox.written(bytes: bytes)
            }
            write(.text, payload, promise: written)
        }
    }

    private func write(_ opcode: WebSocketOpcode, _ payload: ByteBuffer, promise: EventLoopPromise<Void>?) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        context.write(wrapOutboundOut(WebSocketFrame(fin: true, opcode: opcode, data: payload)), promise: promise)
    }

    private func resumeReading() {
        isReading = true
        guard isReadHeld else { return }
        isReadHeld = false
        context?.read()
    }

    // MARK: Time

    /// Keeps one timer; it looks again when it fires early.
    private func armTimer() {
        guard let context, let deadline = machine.deadline else {
            timer?.cancel()
            timer = nil
            return
        }
        guard timer == nil || deadline < timerDeadline else { return }
        timer?.cancel()
        timerDeadline = deadline
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
            self?.timerFired()
        }
    }

    private func timerFired() {
        timer = nil
        perform(
            machine.timePassed(
                now: .now(), readsHeld: !isReading, nonce: UInt64.random(in: UInt64.min...UInt64.max)))
    }
}
