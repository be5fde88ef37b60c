import HTTPServing
import NIOCore
import Testing

@Suite("Slow clients are cut off", .timeLimit(.minutes(1)))
struct RequestDeadlineTests {
    @Test("a head sent byte by byte is cut off at its deadline")
    func head() async throws {
        try await cutsOff(
            .init(head: .milliseconds(150), body: .hours(1), idle: .hours(1)),
            dripping: "GET /hello HTTP/1.1\r\nHost: a\r\nX-Filler: ")
    }

    @Test("a body sent byte by byte is cut off at its deadline")
    func body() async throws {
        try await cutsOff(
            .init(head: .hours(1), body: .milliseconds(150), idle: .hours(1)),
            after: "POST /size HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n", dripping: "")
    }

    @Test("a later body has its own deadline, however long the connection may be idle")
    func laterBody() async throws {
        try await cutsOff(
            .init(head: .hours(1), body: .milliseconds(150), idle: .hours(1)), answered: 1,
            after:
                "GET /hello HTTP/1.1\r\nHost: a\r\n\r\nPOST /size HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n",
            dripping: "")
    }

    @Test("a later head sent byte by byte is cut off at the idle deadline")
    func laterHead() async throws {
        try await cutsOff(
            .init(head: .hours(1), body: .hours(1), idle: .milliseconds(150)), answered: 1,
            after: "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n", dripping: "GET /hello HTTP/1.1\r\nX-Filler: ")
    }

    @Test("a connection answered before its body came is idle when the body has")
    func earlyAnswer() async throws {
        try await TestServer.running(
            deadlines: .init(head: .hours(1), body: .hours(1), idle: .milliseconds(150))
        ) { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.send("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n")
                #expect(try await client.response()?.body == "early")
                try await client.send("abc")
                #expect(await client.ends())
            }
        }
    }

    @Test("a WebSocket outlives the deadlines of the request that opened it")
    func upgraded() async throws {
        let short = RequestDeadlineHandler.Limits(
            head: .milliseconds(300), body: .milliseconds(300), idle: .milliseconds(300))
        let limits = WebSocketLimits(pingInterval: .milliseconds(200), pongTimeout: .seconds(30))
        try await TestServer.running(limits: limits, deadlines: short) { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.upgrade()
                // Three pings are twice as long as any deadline.
                for _ in 0..<3 {
                    let ping = try await client.frame()
                    #expect(ping?.opcode == 9)
                    try await client.send(RawFrame(opcode: 10, payload: ping?.payload ?? []))
                }
                try await client.send(.text("still here"))
                #expect(try await client.frame()?.string == "still here")
            }
        }
    }

    /// Sends `after` at once, takes the answers, then `dripping` and any number of bytes one by one, and expects the
    /// server to end the connection without waiting for more.
    private func cutsOff(
        _ deadlines: RequestDeadlineHandler.Limits, answered: Int = 0, after: String = "", dripping: String
    ) async throws {
        try await TestServer.running(deadlines: deadlines) { server in
            let clock = ContinuousClock()
            let start = clock.now
            try await RawClient.connected(to: server.port) { client in
                if !after.isEmpty { try await client.send(after) }
                for _ in 0..<answered { #expect(try await client.response()?.status == 200) }
                let outbound = client.outbound
                let ended = await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        let pace = Duration.milliseconds(10)
                        for byte in Array(dripping.utf8) + Array(repeating: 0x78, count: 10_000) {
                            guard (try? await outbound.write(ByteBuffer(bytes: [byte]))) != nil else { return }
                            guard (try? await Task.sleep(for: pace)) != nil else { return }
                        }
                    }
                    let ended = await client.ends()
                    group.cancelAll()
                    return ended
                }
                #expect(ended)
                #expect(clock.now - start >= .milliseconds(100))
                #expect(clock.now - start < .seconds(20))
            }
        }
    }
}
