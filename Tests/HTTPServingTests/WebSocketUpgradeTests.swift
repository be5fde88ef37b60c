import HTTPServing
import NIOCore
import Testing

@Suite("HTTP and the upgrade on one listener", .timeLimit(.minutes(1)))
struct WebSocketUpgradeTests {
    @Test("the key of RFC 6455 is answered as its example says")
    func accepted() async throws {
        try await TestServer.running { server in
            try await RawClient.connected(to: server.port) { client in
                let response = try await client.upgrade()
                #expect(response?.status == 101)
                #expect(response?.header("sec-websocket-accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
                #expect(response?.header("upgrade") == "websocket")
                #expect(response?.header("connection")?.lowercased() == "upgrade")
                #expect(response?.header("sec-websocket-protocol") == nil)
            }
        }
    }

    @Test("exactly the accepted subprotocol is selected, and what accept found out reaches the handler")
    func subprotocol() async throws {
        try await TestServer.running(
            accept: { request, address in
                let token = request.webSocketProtocols.first { $0.hasPrefix("aw.token.") }
                return WebSocketAcceptance(subprotocol: "aw.v1", userInfo: "\(token ?? "none") from \(address ?? "-")")
            },
            handle: { connection, acceptance in
                connection.send(acceptance.userInfo as? String ?? "nothing")
            }
        ) { server in
            try await RawClient.connected(to: server.port) { client in
                let response = try await client.upgrade(headers: ["Sec-WebSocket-Protocol: aw.v1, aw.token.abc"])
                #expect(response?.header("sec-websocket-protocol") == "aw.v1")
                #expect(try await client.frame()?.string == "aw.token.abc from 127.0.0.1")
            }
        }
    }

    @Test("a subprotocol the client does not offer is not selected")
    func subprotocolNotOffered() async throws {
        try await TestServer.running(accept: { _, _ in WebSocketAcceptance(subprotocol: "aw.v1") }) { server in
            try await RawClient.connected(to: server.port) { client in
                let response = try await client.upgrade()
                #expect(response?.status == 400)
            }
        }
    }

    @Test("a refusal is a problem document over HTTP")
    func refusal() async throws {
        try await TestServer.running(accept: { _, _ in throw Problem(.forbidden, detail: "Not from this origin.") }) {
            server in
            try await RawClient.connected(to: server.port) { client in
                let response = try await client.upgrade()
                #expect(response?.status == 403)
                #expect(response?.header("content-type") == "application/problem+json")
                #expect(response?.body.contains("Not from this origin.") == true)
                #expect(await client.ends())
            }
        }
    }

    @Test("an unknown error refuses with 500 and tells nothing of its cause")
    func unknownError() async throws {
        struct Secret: Error { var text = "hunter2" }
        try await TestServer.running(accept: { _, _ in throw Secret() }) { server in
            try await RawClient.connected(to: server.port) { client in
                let response = try await client.upgrade()
                #expect(response?.status == 500)
                #expect(response?.body.contains("hunter2") == false)
            }
        }
    }

    @Test("missing upgrade headers are answered with 426 and what is wanted")
    func upgradeRequired() async throws {
        try await TestServer.running { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.send(
                    "GET /api/stream HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n\r\n")
                let response = try await client.response()
                #expect(response?.status == 426)
                #expect(response?.header("sec-websocket-version") == "13")
                #expect(response?.header("content-type") == "application/problem+json")
            }
        }
    }

    @Test("the same path without upgrade headers goes to the router, kept alive and pipelined")
    func plainHTTP() async throws {
        try await TestServer.running { server in
            try await RawClient.connected(to: server.port) { client in
                let hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"
                let stream = "GET /api/stream HTTP/1.1\r\nHost: a\r\n\r\n"
                try await client.send(hello)
                #expect(try await client.response()?.body == "hello")
                try await client.send(stream + "POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + hello)
                #expect(try await client.response()?.body == "plain")
                #expect(try await client.response()?.body == "3")
                #expect(try await client.response()?.body == "hello")
            }
        }
    }

    @Test("a request later on a connection, pipelined behind others, may become a WebSocket too")
    func laterUpgrade() async throws {
        try await TestServer.running { server in
            try await RawClient.connected(to: server.port) { client in
                let hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"
                try await client.send(hello)
                #expect(try await client.response()?.body == "hello")
                try await client.send(hello + hello)
                try await client.askForUpgrade()
                #expect(try await client.response()?.body == "hello")
                #expect(try await client.response()?.body == "hello")
                #expect(try await client.response()?.status == 101)
                try await client.send(.text("over"))
                #expect(try await client.frame()?.string == "over")
            }
        }
    }

    @Test("an upgrade to another protocol is ignored: answered over HTTP, then closed")
    func otherProtocol() async throws {
        try await TestServer.running { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n")
                let response = try await client.response()
                #expect(response?.body == "hello")
                #expect(response?.header("connection") == "close")
                #expect(await client.ends())
            }
        }
    }

    @Test("an idle HTTP connection does not hold up a graceful shutdown")
    func shutdownWhenIdle() async throws {
        try await TestServer.running { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await client.response()?.body == "hello")
                await server.shutDown()
                #expect(await client.ends())
            }
        }
    }

    @Test("an attempt that is being decided at a shutdown is refused with 503")
    func shutdownWhileDeciding() async throws {
        let (asked, asking) = AsyncStream.makeStream(of: Void.self)
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        try await TestServer.running(accept: { _, _ in
            asking.finish()
            for await _ in released {}
            return WebSocketAcceptance()
        }) { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.askForUpgrade()
                for await _ in asked {}
                await server.shutDown()
                // A second connection is refused once the shutdown has reached the listener.
                while (try? await RawClient.connected(to: server.port, { _ in })) != nil { await Task.yield() }
                release.finish()
                #expect(try await client.response()?.status == 503)
            }
        }
    }
}
