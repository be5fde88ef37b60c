import HTTPServing
import Testing

@Suite("What is no HTTP is answered with a problem", .timeLimit(.minutes(1)))
struct UnreadableRequestTests {
    @Test("a head that can't be read is answered with 400 and a problem, after what was asked before, and closed")
    func head() async throws {
        try await TestServer.running { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\nTHIS is no request\r\n\r\n")
                #expect(try await client.response()?.body == "hello")
                let answer = try await client.response()
                #expect(answer?.status == 400)
                #expect(answer?.header("content-type") == Problem.contentType)
                #expect(answer?.body.contains("\"status\":400") == true)
                #expect(await client.ends())
            }
        }
    }

    @Test("a head that is too large is answered with 431")
    func largeHead() async throws {
        try await TestServer.running { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.send(
                    "GET /hello HTTP/1.1\r\nHost: a\r\nX-Large: \(String(repeating: "x", count: 20_000))\r\n\r\n")
                let answer = try await client.response()
                #expect(answer?.status == 431)
                #expect(answer?.header("content-type") == Problem.contentType)
                #expect(await client.ends())
            }
        }
    }

    @Test("a body that breaks off is answered with 400, and never taken for a whole one")
    func brokenBody() async throws {
        try await TestServer.running { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.send(
                    "POST /size HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nx\r\n")
                let answer = try await client.response()
                #expect(answer?.status == 400)
                #expect(answer?.header("content-type") == Problem.contentType)
                #expect(await client.ends())
            }
        }
    }

    @Test("a request that was answered before its body broke off is not answered twice")
    func answeredEarly() async throws {
        try await TestServer.running { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.send("POST /early HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
                #expect(try await client.response()?.body == "early")
                try await client.send("x\r\n")
                #expect(await client.ends())
            }
        }
    }

    @Test("an answer to HEAD has no body, also when it is a problem")
    func headMethod() async throws {
        try await TestServer.running { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.send(
                    "HEAD /nowhere HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n")
                let head = try await client.text(upTo: "\r\n\r\n")
                #expect(head?.hasPrefix("HTTP/1.1 404") == true)
                #expect(try await client.response()?.body == "hello")
            }
        }
    }
}
