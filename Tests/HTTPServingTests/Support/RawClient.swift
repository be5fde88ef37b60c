import NIOCore
import NIOPosix

/// A TCP connection that sends whatever bytes a test wants and reads what comes back.
final class RawClient {
    let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    let channel: any Channel
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var buffer = ByteBuffer()

    private init(
        channel: any Channel, inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.channel = channel
        self.inbound = inbound.makeAsyncIterator()
        self.outbound = outbound
    }

    /// Connects, runs `body` and closes.
    static func connected<Result: Sendable>(
        to port: Int, _ body: @Sendable (RawClient) async throws -> Result
    ) async throws -> Result {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await body(RawClient(channel: channel.channel, inbound: inbound, outbound: outbound))
        }
    }

    func send(_ text: String) async throws {
        try await outbound.write(ByteBuffer(string: text))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await outbound.write(ByteBuffer(bytes: bytes))
    }

    /// Exactly `count` bytes; nil when the server closes before.
    func bytes(_ count: Int) async throws -> [UInt8]? {
        while buffer.readableBytes < count {
            guard try await readMore() else { return nil }
        }
        return buffer.readBytes(length: count)
    }

    /// Everything up to and with `mark`; nil when the server closes before.
    func text(upTo mark: String) async throws -> String? {
        let mark = Array(mark.utf8)
        while true {
            if let found = Array(buffer.readableBytesView).firstRange(of: mark) {
                return buffer.readString(length: found.upperBound)
            }
            guard try await readMore() else { return nil }
        }
    }

    /// Whether the server ends the connection, with at most this many bytes before.
    func ends(withinBytes limit: Int = 0) async -> Bool {
        while buffer.readableBytes <= limit {
            // A reset is an end too.
            guard let more = try? await readMore(), more else { return true }
        }
        return false
    }

    private func readMore() async throws -> Bool {
        guard var next = try await inbound.next() else { return false }
        buffer.writeBuffer(&next)
        return true
    }
}

/// An HTTP answer as it came.
struct RawResponse {
    var head: String
    var body: String

    var status: Int? {
        head.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }

    func header(_ name: String) -> String? {
        head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
            .map { $0.dropFirst(name.count + 1).drop { $0 == " " } }.map(String.init)
    }
}

extension RawClient {
    /// The next answer with its body; nil when the server closes instead.
    func response() async throws -> RawResponse? {
        guard let head = try await text(upTo: "\r\n\r\n") else { return nil }
        var response = RawResponse(head: head, body: "")
        if let length = response.header("content-length").flatMap({ Int($0) }), let body = try await bytes(length) {
            response.body = String(decoding: body, as: UTF8.self)
        }
        return response
    }

    /// Sends an opening handshake in good form, with more headers if wanted.
    func askForUpgrade(path: String = "/api/stream", headers: [String] = []) async throws {
        let lines = [
            "GET \(path) HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
        ]
        try await send((lines + headers).joined(separator: "\r\n") + "\r\n\r\n")
    }

    /// Becomes a WebSocket.
    @discardableResult
    func upgrade(headers: [String] = []) async throws -> RawResponse? {
        try await askForUpgrade(headers: headers)
        return try await response()
    }
}
