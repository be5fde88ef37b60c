import HTTPServing
import NIOCore
import Testing

@Suite("WebSocket messages on a real connection", .timeLimit(.minutes(1)))
struct WebSocketMessageTests {
    @Test("text comes back, whatever its length", arguments: [0, 1, 125, 126, 4000, 65536])
    func echo(length: Int) async throws {
        try await TestServer.running { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.upgrade()
                let text = String(repeating: "x", count: length)
                try await client.send(.text(text))
                let frame = try await client.frame()
                #expect(frame?.string == text)
                #expect(frame?.opcode == 1)
                #expect(frame?.masked == false)
            }
        }
    }

    @Test("frames sent in one packet with the handshake are not lost")
    func eagerFrames() async throws {
        try await TestServer.running { server in
            try await RawClient.connected(to: server.port) { client in
                let handshake =
                    "GET /api/stream HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
                let frames = RawFrame.text("one").bytes + RawFrame.text("two").bytes
                try await client.send(Array(handshake.utf8) + frames)
                #expect(try await client.response()?.status == 101)
                #expect(try await client.frame()?.string == "one")
                #expect(try await client.frame()?.string == "two")
            }
        }
    }

    @Test("frames that come byte by byte are put together")
    func byteByByte() async throws {
        try await TestServer.running { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.upgrade()
                for byte in RawFrame.text("Hällo").bytes { try await client.send([byte]) }
                #expect(try await client.frame()?.string == "Hällo")
            }
        }
    }

    @Test("fragments are one message, and a ping between them is answered first")
    func fragmentation() async throws {
        try await TestServer.running { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.upgrade()
                try await client.send(.text("Hel", fin: false))
                try await client.send(RawFrame(opcode: 9, payload: [1, 2, 3]))
                try await client.send(RawFrame(opcode: 0, payload: Array("lo".utf8)))
                let pong = try await client.frame()
                #expect(pong?.opcode == 10)
                #expect(pong?.payload == [1, 2, 3])
                #expect(try await client.frame()?.string == "Hello")
            }
        }
    }

    @Test("a thousand messages keep their order")
    func order() async throws {
        try await TestServer.running { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.upgrade()
                for block in 0..<10 {
                    try await client.send((0..<100).flatMap { RawFrame.text("\(block * 100 + $0)").bytes })
                    for number in 0..<100 {
                        #expect(try await client.frame()?.string == "\(block * 100 + number)")
                    }
                }
            }
        }
    }

    @Test(
        "a client that breaks a rule is told so and cut off",
        arguments: [
            (RawFrame(opcode: 1, payload: [0x61], masked: false), 1002),
            (RawFrame(opcode: 1, payload: [0x61], reserved: 4), 1002), (RawFrame(opcode: 3, payload: []), 1002),
            (RawFrame(opcode: 9, payload: [], fin: false), 1002),
            (RawFrame(opcode: 9, payload: Array(repeating: 0, count: 126)), 1002),
            (RawFrame(opcode: 0, payload: [0x61]), 1002), (RawFrame(opcode: 2, payload: [1]), 1003),
            (RawFrame(opcode: 1, payload: [0xC3, 0x28]), 1007),
            (RawFrame(opcode: 1, payload: Array(repeating: 0x61, count: 65537)), 1009),
        ] as [(RawFrame, UInt16)])
    func violations(frame: RawFrame, code: UInt16) async throws {
        try await TestServer.running { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.upgrade()
                try await client.send(frame)
                #expect(try await client.closeCode() == code)
                #expect(await client.ends())
            }
        }
    }

    @Test("a message whose fragments are too big together is refused with 1009")
    func tooManyFragments() async throws {
        try await TestServer.running(limits: WebSocketLimits(maximumMessageBytes: 100)) { server in
            try await RawClient.connected(to: server.port) { client in
                try await client.upgrade()
                try await client.send(.text(String(repeating: "a", count: 60), fin: false))
                try await client.send(RawFrame(opcode: 0, payload: Array(repeating: 0x61, count: 60)))
                #expect(try await client.closeCode() == 1009)
            }
        }
    }
}
