import NIOCore
import NIOWebSocket
import Testing

@testable import HTTPServing

@Suite("WebSocket state machine")
struct WebSocketStateMachineTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private let limits = WebSocketLimits(
        maximumMessageBytes: 10, maximumControlFramesPerSecond: 3, pingInterval: .seconds(20),
        pongTimeout: .seconds(10),
        closeTimeout: .seconds(5))

    @Test("a text frame is delivered")
    func text() {
        var machine = machine()
        #expect(machine.receive(frame(.text, "hello"), now: start) == [.deliver("hello")])
        #expect(machine.receive(frame(.text, ""), now: start) == [.deliver("")])
    }

    @Test("fragments are one message, control frames between them answered at once")
    func fragments() {
        var machine = machine()
        #expect(machine.receive(frame(.text, "ab", fin: false), now: start) == [])
        #expect(machine.receive(frame(.ping, "p"), now: start) == [.send(.pong, ByteBuffer(string: "p"))])
        #expect(machine.receive(frame(.continuation, "", fin: false), now: start) == [])
        #expect(machine.receive(frame(.continuation, "cd"), now: start) == [.deliver("abcd")])
        #expect(machine.receive(frame(.text, "e"), now: start) == [.deliver("e")])
    }

    @Test("a character may be split over fragments")
    func splitCharacter() {
        var machine = machine()
        let euro = Array("€".utf8)
        #expect(machine.receive(frame(.text, bytes: Array(euro[..<1]), fin: false), now: start) == [])
        #expect(machine.receive(frame(.continuation, bytes: Array(euro[1...])), now: start) == [.deliver("€")])
    }

    @Test(
        "what breaks a rule fails the connection with its code, and nothing more is delivered",
        arguments: [
            ([frame(.text, "x", masked: false)], 1002), ([frame(.text, "x", reserved: true)], 1002),
            ([frame(.init(encodedWebSocketOpcode: 0x3), "x")], 1002),
            ([frame(.init(encodedWebSocketOpcode: 0xB), "x")], 1002), ([frame(.continuation, "x")], 1002),
            ([frame(.text, "a", fin: false), frame(.text, "b")], 1002), ([frame(.binary, "x")], 1003),
            ([frame(.binary, "x", fin: false)], 1003), ([frame(.text, bytes: [0xC0, 0xAF])], 1007),
            ([frame(.text, bytes: [0xED, 0xA0, 0x80])], 1007), ([frame(.text, "12345678901")], 1009),
            ([frame(.text, "123456", fin: false), frame(.continuation, "78901")], 1009),
            ([frame(.connectionClose, bytes: [3])], 1002), ([frame(.connectionClose, bytes: [3, 0xED])], 1002),
            ([frame(.connectionClose, bytes: [0, 0])], 1002), ([frame(.connectionClose, bytes: [0x07, 0xD0])], 1002),
            ([frame(.connectionClose, bytes: [3, 0xE8, 0xFF])], 1007),
        ] as [([WebSocketFrame], UInt16)])
    func violations(frames: [WebSocketFrame], code: UInt16) {
        var machine = machine()
        let actions = frames.flatMap { machine.receive($0, now: start) }
        #expect(actions.count == 2)
        guard case .endMessages(let failure) = actions.first, case .sendClose(let payload, .endOutput) = actions.last
        else {
            Issue.record("no failure but \(actions)")
            return
        }
        #expect(failure?.code == code)
        #expect(payload.getInteger(at: payload.readerIndex, as: UInt16.self) == code)
        #expect(machine.closeCode == code)
        #expect(machine.receive(frame(.text, "late"), now: start) == [])
    }

    @Test(
        "bytes that are no frame fail the connection",
        arguments: [
            (NIOWebSocketError.invalidFrameLength, 1009), (.fragmentedControlFrame, 1002),
            (.multiByteControlFrameLength, 1002),
        ] as [(NIOWebSocketError, UInt16)])
    func undecodable(error: NIOWebSocketError, code: UInt16) {
        var machine = machine()
        _ = machine.decodingFailed(error, now: start)
        #expect(machine.closeCode == code)
        #expect(!machine.isOpen)
    }

    @Test(
        "the peer's close is echoed with its code and ends the connection",
        arguments: [1000, 1001, 1003, 1007, 1011, 3000, 4999] as [UInt16])
    func peerCloses(code: UInt16) {
        var machine = machine()
        var payload = ByteBuffer(integer: code)
        payload.writeString("bye")
        let close = frame(.connectionClose, bytes: Array(payload.readableBytesView))
        #expect(
            machine.receive(close, now: start) == [
                .endMessages(nil), .sendClose(ByteBuffer(integer: code), then: .disconnect),
            ])
        #expect(machine.closeCode == code)
    }

    @Test("a close frame without a code is echoed without one")
    func peerClosesWithoutCode() {
        var machine = machine()
        let actions = machine.receive(frame(.connectionClose, ""), now: start)
        #expect(actions == [.endMessages(nil), .sendClose(ByteBuffer(), then: .disconnect)])
        #expect(machine.closeCode == 1005)
    }

    @Test("our close waits for the peer's, and only for the close timeout")
    func ourClose() {
        var answered = machine()
        let actions = answered.close(code: 1001, reason: "later", now: start)
        #expect(actions.last == .sendClose(WebSocketCloseCode.payload(code: 1001, reason: "later"), then: .awaitPeer))
        #expect(answered.close(code: 1000, reason: "", now: start) == [])
        #expect(answered.receive(frame(.text, "late"), now: start) == [])
        var silent = answered
        #expect(answered.receive(frame(.connectionClose, ""), now: start) == [.disconnect])
        #expect(answered.deadline == nil)
        #expect(silent.deadline == start + .seconds(5))
        #expect(silent.timePassed(now: start + .seconds(4), readsHeld: false, nonce: 0) == [])
        #expect(silent.timePassed(now: start + .seconds(5), readsHeld: false, nonce: 0) == [.disconnect])
        #expect(silent.closeCode == 1001)
    }

    @Test("a ping goes out at each interval when the last was answered")
    func pings() {
        var machine = machine()
        #expect(machine.deadline == start + .seconds(20))
        #expect(machine.timePassed(now: start + .seconds(19), readsHeld: false, nonce: 7) == [])
        let first = machine.timePassed(now: start + .seconds(20), readsHeld: false, nonce: 7)
        #expect(first == [.send(.ping, ByteBuffer(integer: UInt64(7)))])
        #expect(machine.deadline == start + .seconds(30))
        #expect(machine.receive(pong(7), now: start + .seconds(21)) == [])
        #expect(machine.deadline == start + .seconds(40))
        let second = machine.timePassed(now: start + .seconds(40), readsHeld: false, nonce: 8)
        #expect(second == [.send(.ping, ByteBuffer(integer: UInt64(8)))])
    }

    @Test("no pong, or one with other bits, fails the connection with 4409")
    func noPong() {
        var machine = machine()
        _ = machine.timePassed(now: start + .seconds(20), readsHeld: false, nonce: 7)
        _ = machine.receive(pong(8), now: start + .seconds(21))
        #expect(machine.timePassed(now: start + .seconds(29), readsHeld: false, nonce: 0) == [])
        let actions = machine.timePassed(now: start + .seconds(30), readsHeld: false, nonce: 0)
        #expect(actions.first == .endMessages(WebSocketFailure(code: 4409, reason: "no pong")))
    }

    @Test("a pong is not missed while we do not read")
    func heldReads() {
        var machine = machine()
        _ = machine.timePassed(now: start + .seconds(20), readsHeld: false, nonce: 7)
        #expect(machine.timePassed(now: start + .seconds(30), readsHeld: true, nonce: 0) == [])
        #expect(machine.deadline == start + .seconds(40))
        #expect(machine.receive(pong(7), now: start + .seconds(35)) == [])
        #expect(machine.isOpen)
    }

    @Test("a flood of control frames fails with 1008, the same number over a longer time does not")
    func flood() {
        var patient = machine()
        for second in 0..<4 {
            #expect(patient.receive(frame(.ping, "p"), now: start + .seconds(Int64(second))).count == 1)
        }
        var flooded = machine()
        for _ in 0..<3 { _ = flooded.receive(frame(.pong, "p"), now: start) }
        #expect(flooded.isOpen)
        _ = flooded.receive(frame(.ping, "p"), now: start)
        #expect(flooded.closeCode == 1008)
    }

    @Test("an end without a close frame is a lost connection")
    func lost() {
        let failure = WebSocketFailure(code: 1006, reason: "connection lost")
        var halfClosed = machine()
        #expect(halfClosed.inputEnded() == [.endMessages(failure), .disconnect])
        #expect(halfClosed.disconnected() == [])
        var cut = machine()
        #expect(cut.disconnected() == [.endMessages(failure)])
        #expect(cut.deadline == nil)
    }

    @Test("a reason is cut between characters, a code that may not be sent is replaced")
    func closePayload() {
        let payload = WebSocketCloseCode.payload(code: 1006, reason: String(repeating: "€", count: 60))
        #expect(payload.readableBytes == 2 + 123)
        #expect(payload.getInteger(at: 0, as: UInt16.self) == 1011)
        #expect(payload.getString(at: 2, length: 123) == String(repeating: "€", count: 41))
    }

    private func machine() -> WebSocketStateMachine {
        WebSocketStateMachine(limits: limits, now: start)
    }

    private func pong(_ nonce: UInt64) -> WebSocketFrame {
        frame(.pong, bytes: Array(ByteBuffer(integer: nonce).readableBytesView))
    }
}

/// A frame as the decoder hands it over, masked like a client's.
private func frame(
    _ opcode: WebSocketOpcode?, _ text: String, fin: Bool = true, masked: Bool = true, reserved: Bool = false
) -> WebSocketFrame {
    frame(opcode, bytes: Array(text.utf8), fin: fin, masked: masked, reserved: reserved)
}

private func frame(
    _ opcode: WebSocketOpcode?, bytes: [UInt8], fin: Bool = true, masked: Bool = true, reserved: Bool = false
) -> WebSocketFrame {
    let key: WebSocketMaskingKey = [1, 2, 3, 4]
    var data = ByteBuffer(bytes: bytes)
    if masked { data.webSocketMask(key) }
    return WebSocketFrame(fin: fin, rsv1: reserved, opcode: opcode ?? .text, maskKey: masked ? key : nil, data: data)
}
