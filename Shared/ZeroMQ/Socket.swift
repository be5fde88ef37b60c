import CZeroMQ

/// One libzmq socket.
///
/// Not `Sendable`: belongs to the socket thread from creation to close. Never blocks: each send and receive is
/// `DONTWAIT`.
final class Socket {
    enum Kind {
        case push, pull, xpub, sub, router, pair

        fileprivate var code: Int32 {
            switch self {
            case .push: ZMQ_PUSH
            case .pull: ZMQ_PULL
            case .xpub: ZMQ_XPUB
            case .sub: ZMQ_SUB
            case .router: ZMQ_ROUTER
            case .pair: ZMQ_PAIR
            }
        }
    }

    /// What a send or receive came to when it did not fail.
    enum Progress<Value> {
        case done(Value)
        case wouldBlock
    }

    private let context: Context
    private(set) var handle: UnsafeMutableRawPointer?
    private let incoming: UnsafeMutablePointer<zmq_msg_t>

    init(_ context: Context, _ kind: Kind) throws(BusError) {
        guard let handle = zmq_socket(context.handle, kind.code) else { throw .last("zmq_socket") }
        self.context = context
        self.handle = handle
        incoming = .allocate(capacity: 1)
        zmq_msg_init(incoming)
    }

    deinit { close() }

    /// Closes the socket; a second call does nothing. What it still holds is sent for as long as its linger allows.
    func close() {
        guard let handle else { return }
        self.handle = nil
        zmq_close(handle)
        zmq_msg_close(incoming)
        incoming.deallocate()
    }

    func set(_ option: Int32, _ value: Int32) throws(BusError) {
        var value = value
        try check(zmq_setsockopt(handle, option, &value, MemoryLayout<Int32>.size), "zmq_setsockopt \(option)")
    }

    func set(_ option: Int32, wide value: Int64) throws(BusError) {
        var value = value
        try check(zmq_setsockopt(handle, option, &value, MemoryLayout<Int64>.size), "zmq_setsockopt \(option)")
    }

    func set(_ option: Int32, _ value: String) throws(BusError) {
        try check(zmq_setsockopt(handle, option, value, value.utf8.count), "zmq_setsockopt \(option)")
    }

    func bind(_ endpoint: String) throws(BusError) { try check(zmq_bind(handle, endpoint), "bind to \(endpoint)") }

    func connect(_ endpoint: String) throws(BusError) {
        try check(zmq_connect(handle, endpoint), "connect to \(endpoint)")
    }

    func disconnect(_ endpoint: String) throws(BusError) {
        try check(zmq_disconnect(handle, endpoint), "disconnect from \(endpoint)")
    }

    /// The endpoint of the last bind with its wildcards resolved.
    func lastEndpoint() throws(BusError) -> String {
        var buffer = [UInt8](repeating: 0, count: 256)
        var length = buffer.count
        try check(zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, &buffer, &length), "zmq_getsockopt ZMQ_LAST_ENDPOINT")
        return String(decoding: buffer.prefix(max(length - 1, 0)), as: UTF8.self)
    }

    /// Sends all frames or nothing.
    func send(_ frames: [[UInt8]]) throws(BusError) -> Progress<Void> {
        for (index, frame) in frames.enumerated() {
            let isLast = index == frames.count - 1
            guard try sendFrame(frame, frame.count, more: !isLast) else { return .wouldBlock }
        }
        return .done(())
    }

    /// Sends topic and body as two frames, or nothing.
    ///
    /// When the peer goes away between the frames, libzmq takes the first one back; both are sent again later.
    func send(topic: String, body: [UInt8]) throws(BusError) -> Progress<Void> {
        guard try sendFrame(topic, topic.utf8.count, more: true), try sendFrame(body, body.count, more: false) else {
            return .wouldBlock
        }
        return .done(())
    }

    /// Receives the next message as topic and body; `nil` in place of a message that is not of that form.
    func receiveTopicAndBody() throws(BusError) -> Progress<(topic: String, body: [UInt8])?> {
        guard try receiveFrame() else { return .wouldBlock }
        guard zmq_msg_more(incoming) == 1 else { return .done(nil) }
        let topic = withFrame { String(validating: $0, as: UTF8.self) }
        guard try receiveFrame() else { return .done(nil) }
        guard zmq_msg_more(incoming) == 0 else {
            while zmq_msg_more(incoming) == 1, try receiveFrame() {}
            return .done(nil)
        }
        guard let topic else { return .done(nil) }
        return .done((topic, withFrame { Array($0) }))
    }

    /// Receives the next message with all its frames.
    func receive() throws(BusError) -> Progress<[[UInt8]]> {
        guard try receiveFrame() else { return .wouldBlock }
        var frames = [withFrame { Array($0) }]
        while zmq_msg_more(incoming) == 1, try receiveFrame() {
            frames.append(withFrame { Array($0) })
        }
        return .done(frames)
    }

    private func sendFrame(_ bytes: UnsafeRawPointer, _ count: Int, more: Bool) throws(BusError) -> Bool {
        while zmq_send(handle, bytes, count, ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)) < 0 {
            switch zmq_errno() {
            case EINTR: continue
            case EAGAIN: return false
            default: throw .last("zmq_send")
            }
        }
        return true
    }

    private func receiveFrame() throws(BusError) -> Bool {
        while zmq_msg_recv(incoming, handle, ZMQ_DONTWAIT) < 0 {
            switch zmq_errno() {
            case EINTR: continue
            case EAGAIN: return false
            default: throw .last("zmq_msg_recv")
            }
        }
        return true
    }

    private func withFrame<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        let bytes = UnsafeRawBufferPointer(start: zmq_msg_data(incoming), count: zmq_msg_size(incoming))
        return bytes.withMemoryRebound(to: UInt8.self) { body($0) }
    }

    private func check(_ result: Int32, _ operation: @autoclosure () -> String) throws(BusError) {
        guard result == 0 else { throw .last(operation()) }
    }
}
