import HTTPTypes
import Testing

@testable import HTTPServing

@Suite("WebSocket opening handshake")
struct WebSocketHandshakeTests {
    @Test("the example of RFC 6455 is accepted")
    func example() throws {
        try WebSocketHandshake.check(request(), hasBody: false)
    }

    @Test("a request without upgrade headers is no attempt, whatever its query")
    func plainRequest() {
        let plain = HTTPRequest(method: .get, scheme: "http", authority: "a", path: "/api/stream?x=1")
        #expect(!WebSocketHandshake.isAttempt(plain, path: "/api/stream"))
        #expect(!WebSocketHandshake.endsParsing(plain))
    }

    @Test(
        "an attempt is known by its path and any of its headers",
        arguments: [("/api/stream", true), ("/api/stream?after=3", true), ("/api/stream/x", false), ("/api", false)])
    func attempt(path: String, expected: Bool) {
        var request = request()
        request.path = path
        #expect(WebSocketHandshake.isAttempt(request, path: "/api/stream") == expected)
        request.headerFields[.upgrade] = nil
        #expect(WebSocketHandshake.isAttempt(request, path: "/api/stream") == expected)
    }

    @Test(
        "wrong or missing upgrade headers are answered with 426",
        arguments: [
            ("upgrade", nil), ("upgrade", "h2c"), ("connection", nil), ("connection", "keep-alive"),
            ("sec-websocket-version", nil), ("sec-websocket-version", "8"), ("sec-websocket-key", nil),
            ("sec-websocket-key", "c2hvcnQ="), ("sec-websocket-key", "not base64 at all!!!!!!!"),
        ] as [(String, String?)])
    func refused(header: String, value: String?) throws {
        var request = request()
        request.headerFields[try #require(HTTPField.Name(header))] = value
        let problem = #expect(throws: Problem.self) { try WebSocketHandshake.check(request, hasBody: false) }
        #expect(problem?.status == .upgradeRequired)
        #expect(problem?.headers[.upgrade] == "websocket")
        #expect(problem?.headers[.secWebSocketVersion] == "13")
    }

    @Test("only GET without a body opens a WebSocket")
    func methodAndBody() {
        var post = request()
        post.method = .post
        #expect(throws: Problem.self) { try WebSocketHandshake.check(post, hasBody: false) }
        #expect(throws: Problem.self) { try WebSocketHandshake.check(request(), hasBody: true) }
    }

    @Test("tokens are found in lists, in any case")
    func tokens() throws {
        var request = request()
        request.headerFields[.connection] = "keep-alive, Upgrade"
        request.headerFields[.upgrade] = "WebSocket"
        try WebSocketHandshake.check(request, hasBody: false)
        #expect(WebSocketHandshake.endsParsing(request))
    }

    @Test("offered subprotocols come in the client's order")
    func subprotocols() {
        var request = request()
        request.headerFields[.secWebSocketProtocol] = "aw.v1,  aw.token.abc,"
        #expect(request.webSocketProtocols == ["aw.v1", "aw.token.abc"])
    }

    private func request() -> HTTPRequest {
        HTTPRequest(
            method: .get, scheme: "http", authority: "server.example.com", path: "/api/stream",
            headerFields: [
                .upgrade: "websocket", .connection: "Upgrade", .secWebSocketKey: "dGhlIHNhbXBsZSBub25jZQ==",
                .secWebSocketVersion: "13",
            ])
    }
}
