import Foundation
import HTTPTypes

/// The client's opening handshake (RFC 6455, section 4.2.1), judged without answering it.
struct WebSocketHandshake {
    /// Whether `request` means to become a WebSocket on `path`, in good form or not.
    static func isAttempt(_ request: HTTPRequest, path: String) -> Bool {
        guard request.path?.prefix(while: { $0 != "?" }) == path[...] else { return false }
        let fields = request.headerFields
        return fields.tokens(of: .upgrade).contains("websocket") || fields[.secWebSocketKey] != nil
            || fields[.secWebSocketVersion] != nil || fields[.secWebSocketProtocol] != nil
    }

    /// Whether the HTTP parser reads nothing after this request, because another protocol might follow it.
    static func endsParsing(_ request: HTTPRequest) -> Bool {
        let fields = request.headerFields
        return request.method == .connect
            || (fields[.upgrade] != nil && fields.tokens(of: .connection).contains("upgrade"))
    }

    /// - Throws: What to answer when the handshake is not in good form.
    static func check(_ request: HTTPRequest, hasBody: Bool) throws(Problem) {
        let fields = request.headerFields
        guard request.method == .get else {
            throw Problem(.methodNotAllowed, detail: "A WebSocket opens with GET.", headers: [.allow: "GET"])
        }
        guard !hasBody else { throw Problem(.badRequest, detail: "A WebSocket opens without a body.") }
        guard fields.tokens(of: .upgrade).contains("websocket") else {
            throw upgradeRequired("The header Upgrade: websocket is missing.")
        }
        guard fields.tokens(of: .connection).contains("upgrade") else {
            throw upgradeRequired("The header Connection: Upgrade is missing.")
        }
        guard fields[values: .secWebSocketVersion] == ["13"] else {
            throw upgradeRequired("Sec-WebSocket-Version must be 13.")
        }
        let keys = fields[values: .secWebSocketKey]
        guard keys.count == 1, let key = keys.first, Data(base64Encoded: key)?.count == 16 else {
            throw upgradeRequired("Sec-WebSocket-Key must be 16 bytes in Base64, once.")
        }
    }

    private static func upgradeRequired(_ detail: String) -> Problem {
        Problem(
            .upgradeRequired, detail: detail,
            headers: [.upgrade: "websocket", .connection: "upgrade", .secWebSocketVersion: "13"])
    }
}

extension HTTPRequest {
    /// The WebSocket subprotocols the client offers, the one it likes best first.
    public var webSocketProtocols: [String] {
        headerFields[values: .secWebSocketProtocol].flatMap { $0.split(separator: ",") }
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}

extension HTTPFields {
    /// The comma-separated tokens of a header, in lower case.
    fileprivate func tokens(of name: HTTPField.Name) -> [String] {
        self[values: name].flatMap { $0.split(separator: ",") }
            .map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
    }
}
