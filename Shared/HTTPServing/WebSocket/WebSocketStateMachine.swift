import NIOCore
import NIOWebSocket

/// What a server does with each frame and at each moment of one WebSocket connection (RFC 6455).
///
/// Pure: no sockets, no clock, no randomness. Whoever owns it carries out the actions in their order and calls
/// ``timePassed(now:readsHeld:nonce:)`` when ``deadline`` has come.
struct WebSocketStateMachine {
    /// What follows when our close frame has reached the network.
    enum AfterClose: Equatable {
        /// The peer's close frame is awaited.
        case awaitPeer
        /// Our direction is closed; the peer's is read, and thrown away, until it closes too.
        case endOutput
        case disconnect
    }

    enum Action: Equatable {
        case deliver(String)
        case send(WebSocketOpcode, ByteBuffer)
        /// No message follows; with an error when the connection failed.
        case endMessages(WebSocketFailure?)
        /// The last frame we send.
        case sendClose(ByteBuffer, then: AfterClose)
        case disconnect
    }

    private enum State: Equatable {
        case open
        case closing(until: NIODeadline)
        case closed
    }

    private let limits: WebSocketLimits
    private var state = State.open
    private var assembly: WebSocketAssembly
    private var control: ControlFrameBudget
    private var outstandingPing: (payload: ByteBuffer, deadline: NIODeadline)?
    private var nextPing: NIODeadline
    /// How the connection was closed, by either side; nil while it is open.
    private(set) var closeCode: UInt16?

    init(limits: WebSocketLimits, now: NIODeadline) {
        self.limits = limits
        assembly = WebSocketAssembly(maximumBytes: limits.maximumMessageBytes)
        control = ControlFrameBudget(perSecond: limits.maximumControlFramesPerSecond, now: now)
        nextPing = now + limits.pingInterval
    }

    var isOpen: Bool { state == .open }

    /// When ``timePassed(now:readsHeld:nonce:)`` has something to do; nil when never again.
    var deadline: NIODeadline? {
        switch state {
        case .open: outstandingPing?.deadline ?? nextPing
        case .closing(let until): until
        case .closed: nil
        }
    }

    /// A frame has come.
    mutating func receive(_ frame: WebSocketFrame, now: NIODeadline) -> [Action] {
        switch state {
        case .open: break
        case .closing: return frame.opcode == .connectionClose ? disconnect() : []
        case .closed: return []
        }
        guard frame.maskKey != nil else { return fail(WebSocketCloseCode.protocolError, "frame without a mask", now) }
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
            return fail(WebSocketCloseCode.protocolError, "reserved bit set", now)
        }
        switch frame.opcode {
        case .ping, .pong, .connectionClose: return receiveControl(frame, now: now)
        case .text, .binary, .continuation:
            do {
                return try assembly.add(frame).map { [.deliver($0)] } ?? []
            } catch {
                return fail(error, now: now)
            }
        default: return fail(WebSocketCloseCode.protocolError, "unknown opcode", now)
        }
    }

    /// The bytes that came were no frame; nothing that follows can be read.
    mutating func decodingFailed(_ error: NIOWebSocketError, now: NIODeadline) -> [Action] {
        switch error {
        case .invalidFrameLength: fail(WebSocketCloseCode.messageTooBig, "frame too big", now)
        case .fragmentedControlFrame: fail(WebSocketCloseCode.protocolError, "fragmented control frame", now)
        case .multiByteControlFrameLength: fail(WebSocketCloseCode.protocolError, "control frame over 125 bytes", now)
        }
    }

    /// Our side closes; nothing when a close is under way already.
    mutating func close(code: UInt16, reason: String, now: NIODeadline) -> [Action] {
        guard isOpen else { return [] }
        beginClosing(code: code, now: now)
        return [
            .endMessages(nil),
            .sendClose(WebSocketCloseCode.payload(code: code, reason: reason), then: .awaitPeer),
        ]
    }

    /// The connection fails: the peer broke a rule, or does not read.
    mutating func fail(_ failure: WebSocketFailure, now: NIODeadline) -> [Action] {
        guard isOpen else { return [] }
        beginClosing(code: failure.code, now: now)
        return [
            .endMessages(failure),
            .sendClose(WebSocketCloseCode.payload(code: failure.code, reason: failure.reason), then: .endOutput),
        ]
    }

    /// The peer sends no more bytes.
    mutating func inputEnded() -> [Action] {
        switch state {
        case .open: lost()
        case .closing: disconnect()
        case .closed: []
        }
    }

    /// The socket is gone.
    mutating func disconnected() -> [Action] {
        defer { state = .closed }
        return isOpen ? lost().filter { $0 != .disconnect } : []
    }

    /// A deadline has come, or might have.
    ///
    /// - Parameters:
    ///   - readsHeld: Whether we do not read the socket now, so that a missing pong is not the peer's fault.
    ///   - nonce: Unforeseeable bits for a ping, so that a pong proves that the ping was read.
    mutating func timePassed(now: NIODeadline, readsHeld: Bool, nonce: UInt64) -> [Action] {
        switch state {
        case .closed: return []
        case .closing(let until): return now >= until ? disconnect() : []
        case .open: break
        }
        if let ping = outstandingPing {
            guard now >= ping.deadline else { return [] }
            guard readsHeld else { return fail(WebSocketCloseCode.noPong, "no pong", now) }
            outstandingPing?.deadline = now + limits.pongTimeout
            return []
        }
        guard now >= nextPing else { return [] }
        let payload = ByteBuffer(integer: nonce)
        outstandingPing = (payload, now + limits.pongTimeout)
        nextPing = now + limits.pingInterval
        return [.send(.ping, payload)]
    }
}

extension WebSocketStateMachine {
    private mutating func receiveControl(_ frame: WebSocketFrame, now: NIODeadline) -> [Action] {
        guard control.spend(now: now) else {
            return fail(WebSocketCloseCode.policyViolation, "too many control frames", now)
        }
        let payload = frame.unmaskedData
        switch frame.opcode {
        case .ping:
            return [.send(.pong, payload)]
        case .pong:
            if let ping = outstandingPing, ping.payload == payload { outstandingPing = nil }
            return []
        default:
            return receiveClose(payload, now: now)
        }
    }

    /// The peer closes: its code goes back, and the connection ends.
    private mutating func receiveClose(_ payload: ByteBuffer, now: NIODeadline) -> [Action] {
        var rest = payload
        guard rest.readableBytes > 0 else {
            beginClosing(code: WebSocketCloseCode.noCode, now: now)
            return [.endMessages(nil), .sendClose(ByteBuffer(), then: .disconnect)]
        }
        guard let code = rest.readInteger(as: UInt16.self), WebSocketCloseCode.mayBeSent(code) else {
            return fail(WebSocketCloseCode.protocolError, "close code not allowed", now)
        }
        guard String(validating: rest.readableBytesView, as: UTF8.self) != nil else {
            return fail(WebSocketCloseCode.invalidText, "close reason is not UTF-8", now)
        }
        beginClosing(code: code, now: now)
        return [.endMessages(nil), .sendClose(ByteBuffer(integer: code), then: .disconnect)]
    }

    private mutating func fail(_ code: UInt16, _ reason: String, _ now: NIODeadline) -> [Action] {
        fail(WebSocketFailure(code: code, reason: reason), now: now)
    }

    private mutating func lost() -> [Action] {
        closeCode = WebSocketCloseCode.lost
        return [.endMessages(WebSocketFailure(code: WebSocketCloseCode.lost, reason: "connection lost"))] + disconnect()
    }

    private mutating func beginClosing(code: UInt16, now: NIODeadline) {
        closeCode = code
        state = .closing(until: now + limits.closeTimeout)
        outstandingPing = nil
        assembly.discard()
    }

    private mutating func disconnect() -> [Action] {
        state = .closed
        assembly.discard()
        return [.disconnect]
    }
}
