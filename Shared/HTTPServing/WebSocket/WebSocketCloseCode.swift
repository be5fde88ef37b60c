import NIOCore

/// The close codes this server sends (RFC 6455, section 7.4, and our own above 4000).
public enum WebSocketCloseCode {
    public static let normal: UInt16 = 1000
    /// The server is shutting down; connect again, perhaps to another instance.
    public static let goingAway: UInt16 = 1001
    public static let protocolError: UInt16 = 1002
    /// A binary message: only text is understood.
    public static let unsupportedData: UInt16 = 1003
    /// Never sent: a close frame without a code.
    public static let noCode: UInt16 = 1005
    /// Never sent: the connection ended without a close frame.
    public static let lost: UInt16 = 1006
    public static let invalidText: UInt16 = 1007
    public static let policyViolation: UInt16 = 1008
    public static let messageTooBig: UInt16 = 1009
    public static let internalError: UInt16 = 1011
    /// The client does not read as fast as messages arrive; connect again and catch up.
    public static let slowConsumer: UInt16 = 4408
    /// The client did not answer a ping in time.
    public static let noPong: UInt16 = 4409

    /// Whether a close frame may carry `code`.
    static func mayBeSent(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }

    /// The payload of a close frame.
    ///
    /// A code that may not be sent becomes 1011; a reason is cut to the 123 bytes a frame holds, between characters.
    static func payload(code: UInt16, reason: String) -> ByteBuffer {
        var text = reason
        while text.utf8.count > 123 { text.removeLast() }
        var buffer = ByteBuffer()
        buffer.writeInteger(mayBeSent(code) ? code : internalError)
        buffer.writeString(text)
        return buffer
    }
}

/// Why a connection failed: what was sent, or would have been sent, in the close frame.
///
/// Trying again is the client's part; the server's side of this connection is over.
public struct WebSocketFailure: Error, Equatable, CustomStringConvertible {
    /// One of ``WebSocketCloseCode``; 1006 when the connection was lost without a close frame.
    public var code: UInt16
    /// A few words without anything the client sent.
    public var reason: String

    public init(code: UInt16, reason: String) {
        self.code = code
        self.reason = reason
    }

    public var description: String { "WebSocket closed with \(code): \(reason)" }
}
