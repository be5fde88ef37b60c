import NIOCore
import NIOWebSocket

/// Puts the fragments of one text message together.
struct WebSocketAssembly {
    private let maximumBytes: Int
    private var fragments: ByteBuffer?

    init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    /// Takes a data frame.
    ///
    /// - Returns: The message when this frame was its last, otherwise nil.
    mutating func add(_ frame: WebSocketFrame) throws(WebSocketFailure) -> String? {
        switch frame.opcode {
        case .text where fragments != nil:
            throw WebSocketFailure(code: WebSocketCloseCode.protocolError, reason: "message inside a message")
        case .continuation where fragments == nil:
            throw WebSocketFailure(code: WebSocketCloseCode.protocolError, reason: "continuation of nothing")
        case .text, .continuation: break
        default: throw WebSocketFailure(code: WebSocketCloseCode.unsupportedData, reason: "only text is understood")
        }
        guard (fragments?.readableBytes ?? 0) + frame.length <= maximumBytes else {
            throw WebSocketFailure(code: WebSocketCloseCode.messageTooBig, reason: "message too big")
        }
        var payload = frame.unmaskedData
        if frame.opcode == .continuation || !frame.fin {
            fragments = fragments ?? ByteBuffer()
            fragments?.writeBuffer(&payload)
        }
        guard frame.fin else { return nil }
        let whole = fragments ?? payload
        fragments = nil
        guard let text = String(validating: whole.readableBytesView, as: UTF8.self) else {
            throw WebSocketFailure(code: WebSocketCloseCode.invalidText, reason: "text is not UTF-8")
        }
        return text
    }

    /// Forgets a message that will not be completed.
    mutating func discard() {
        fragments = nil
    }
}

/// How many control frames a peer has left in the running second.
struct ControlFrameBudget {
    private let perSecond: Int
    private var windowEnd: NIODeadline
    private var spent = 0

    init(perSecond: Int, now: NIODeadline) {
        self.perSecond = perSecond
        windowEnd = now + .seconds(1)
    }

    /// - Returns: False when this frame is one too many.
    mutating func spend(now: NIODeadline) -> Bool {
        if now >= windowEnd {
            windowEnd = now + .seconds(1)
            spent = 0
        }
        spent += 1
        return spent <= perSecond
    }
}
