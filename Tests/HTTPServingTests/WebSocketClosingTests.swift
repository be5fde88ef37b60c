import HTTPServing
import NIOCore
import Testing

@Suite("The end of a WebSocket", .timeLimit(.minutes(1)))
struct WebSocketClosingTests {
    @Test("the client's close is echoed, its messages end and the server closes the connection")
    func clientCloses() async throws {
        let (ends, ended) = AsyncStream.makeStream(of: UInt16?.self)
        try await TestServer.running(
            handle: { connection, _ in
                await TestServer.echo(connection, .init())
                ended.yield(connection.closeCode)
            }
        ) { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.upgrade()
                try await client.send(.close(3001, "done"))
                let close = try await client.frame()
                #expect(close?.closeCode == 3001)
                #expect(await client.ends())
            }
            for await code in ends.prefix(1) { #expect(code == 3001) }
        }
    }

    @Test("the server's close is sent after what waits, and the client's answer ends the connection")
    func serverCloses() async throws {
        let (ends, ended) = AsyncStream.makeStream(of: Bool.self)
        try await TestServer.running(
            handle: { connection, _ in
                connection.send("last words")
                await connection.close(code: 4401, reason: "session ended")
                ended.yield(connection.send("too late"))
            }
        ) { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.upgrade()
                #expect(try await client.frame()?.string == "last words")
                let close = try await client.frame()
                #expect(close?.closeCode == 4401)
                #expect(close?.payload.dropFirst(2) == Array("session ended".utf8)[...])
                try await client.send(.close(4401))
                #expect(await client.ends())
            }
            for await sent in ends.prefix(1) { #expect(!sent) }
        }
    }

    @Test("a handler that returns closes with 1000")
    func handlerReturns() async throws {
        try await TestServer.running(handle: { _, _ in }) { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.upgrade()
                #expect(try await client.closeCode() == 1000)
            }
        }
    }

    @Test("a client that never answers the close is cut off")
    func unansweredClose() async throws {
        try await TestServer.running(limits: WebSocketLimits(closeTimeout: .milliseconds(100)), handle: { _, _ in }) {
            server in
            try await RawClient.connected(to: server.port) { client in
                try await client.upgrade()
                #expect(try await client.closeCode() == 1000)
                #expect(await client.ends())
            }
        }
    }

    @Test("a client that answers pings stays, one that does not is closed with 4409")
    func pings() async throws {
        let limits = WebSocketLimits(pingInterval: .milliseconds(50), pongTimeout: .milliseconds(400))
        try await TestServer.running(limits: limits) { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.upgrade()
                for _ in 0..<5 {
                    let ping = try await client.frame()
                    #expect(ping?.opcode == 9)
                    try await client.send(RawFrame(opcode: 10, payload: ping?.payload ?? []))
                }
                #expect(try await client.closeCode() == 4409)
                #expect(await client.ends())
            }
        }
    }

    @Test("a flood of pings is closed with 1008")
    func flood() async throws {
        try await TestServer.running { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.upgrade()
                try await client.send((0..<200).flatMap { _ in RawFrame(opcode: 9, payload: [1]).bytes })
                #expect(try await client.closeCode() == 1008)
            }
        }
    }

    @Test("a long series is sent at the client's pace, whole and in order")
    func longSeries() async throws {
        let limits = WebSocketLimits(outboundQueueFrames: 16)
        try await TestServer.running(
            limits: limits,
            handle: { connection, _ in
                for number in 0..<2000 { await connection.sendWhenReady("\(number)") }
            }
        ) { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.upgrade()
                for number in 0..<2000 { #expect(try await client.frame()?.string == "\(number)") }
                #expect(try await client.closeCode() == 1000)
            }
        }
    }

    @Test("a client that does not read its socket is really disconnected, with 4408")
    func slowConsumer() async throws {
        let (ends, ended) = AsyncStream.makeStream(of: (code: UInt16?, failure: WebSocketFailure?).self)
        let limits = WebSocketLimits(outboundQueueFrames: 32, closeTimeout: .milliseconds(200))
        try await TestServer.running(
            limits: limits,
            handle: { connection, _ in
                let text = String(repeating: "x", count: 30_000)
                // One at a time, so that only a full socket lets the queue grow.
                while connection.send(text) { try? await Task.sleep(for: .milliseconds(1)) }
                let failure = await failure(of: connection.messages)
                // Returns only when the socket is gone.
                await connection.close(code: 1000, reason: "")
                ended.yield((connection.closeCode, failure))
            }
        ) { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.upgrade()
                // The client reads nothing from here on.
                for await end in ends.prefix(1) {
                    #expect(end.code == 4408)
                    #expect(end.failure?.code == 4408)
                }
            }
        }
    }

    @Test("a connection lost without a close frame is an error to the handler, and cancels it")
    func lost() async throws {
        let (ends, ended) = AsyncStream.makeStream(of: UInt16?.self)
        let (never, hold) = AsyncStream.makeStream(of: Void.self)
        try await TestServer.running(
            handle: { connection, _ in
                let failure = await failure(of: connection.messages)
                // Would wait for ever if it were not cancelled.
                for await _ in never {}
                ended.yield(failure?.code)
            }
        ) { server in
            try await RawClient.connected(to: server.port) { client in _ = try await client.upgrade() }
            for await code in ends.prefix(1) { #expect(code == 1006) }
        }
        hold.finish()
    }

    @Test("a graceful shutdown sends 1001")
    func shutdown() async throws {
        try await TestServer.running { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.upgrade()
                await server.shutDown()
                #expect(try await client.closeCode() == 1001)
                try await client.send(.close(1001))
                #expect(await client.ends())
            }
        }
    }
}

/// How the messages end: nil in good order.
private func failure(of messages: WebSocketMessages) async -> WebSocketFailure? {
    do {
        for try await _ in messages {}
        return nil
    } catch {
        return error as? WebSocketFailure
    }
}
