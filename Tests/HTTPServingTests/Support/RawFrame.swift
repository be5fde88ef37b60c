/// A WebSocket frame made and read byte by byte, independent of the code under test.
struct RawFrame: Equatable {
    var opcode: UInt8
    var payload: [UInt8]
    var fin = true
    var reserved: UInt8 = 0
    var masked = true

    static func text(_ text: String, fin: Bool = true) -> RawFrame {
        RawFrame(opcode: 1, payload: Array(text.utf8), fin: fin)
    }

    static func close(_ code: UInt16, _ reason: String = "") -> RawFrame {
        RawFrame(opcode: 8, payload: [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
    }

    /// On the wire.
    var bytes: [UInt8] {
        var bytes: [UInt8] = [(fin ? 0x80 : 0) | reserved << 4 | opcode]
        let mask: UInt8 = masked ? 0x80 : 0
        switch payload.count {
        case ...125: bytes.append(mask | UInt8(payload.count))
        case ...0xFFFF: bytes += [mask | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default: bytes += [mask | 127] + (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
        }
        guard masked else { return bytes + payload }
        let key: [UInt8] = [0x11, 0x22, 0x33, 0x44]
        return bytes + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
    }

    /// The code of a close frame.
    var closeCode: UInt16? {
        opcode == 8 && payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil
    }

    var string: String { String(decoding: payload, as: UTF8.self) }
}

extension RawClient {
    func send(_ frame: RawFrame) async throws {
        try await send(frame.bytes)
    }

    /// The next frame of the server; nil when it closes instead.
    func frame() async throws -> RawFrame? {
        guard let head = try await bytes(2) else { return nil }
        var length = Int(head[1] & 0x7F)
        if length >= 126 {
            guard let extended = try await bytes(length == 126 ? 2 : 8) else { return nil }
            length = extended.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let payload = try await bytes(length) else { return nil }
        return RawFrame(
            opcode: head[0] & 0x0F, payload: payload, fin: head[0] & 0x80 != 0, reserved: head[0] >> 4 & 7,
            masked: head[1] & 0x80 != 0)
    }

    /// The code the server closes with, other frames before it skipped; nil when it closes without.
    func closeCode() async throws -> UInt16? {
        while let frame = try await frame() {
            if frame.opcode == 8 { return frame.closeCode }
        }
        return nil
    }
}
