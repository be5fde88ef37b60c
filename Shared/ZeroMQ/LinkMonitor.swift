import CZeroMQ

/// What happened to a connection of a socket.
enum LinkEvent: Equatable {
    /// Encrypted and authenticated both ways. `endpoint` is the peer's where the socket connects.
    case established(endpoint: String)
    /// `endpoint` is the peer's where the socket connects; `descriptor` is the file descriptor of the connection.
    case lost(endpoint: String, descriptor: Int32)
    /// A binding socket took a TCP connection.
    case accepted(descriptor: Int32)
}

/// Reads the events of one socket. Lives on the socket thread.
///
/// libzmq writes events with blocking sends, so they must be drained whenever the thread wakes.
final class LinkMonitor {
    private let watched: Socket
    let events: Socket

    init(_ context: Context, watching watched: Socket, name: String) throws(BusError) {
        self.watched = watched
        events = try Socket(context, .pair)
        try events.set(ZMQ_LINGER, 0)
        let mask = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_ACCEPTED
        let endpoint = "inproc://monitor.\(name)"
        guard zmq_socket_monitor(watched.handle, endpoint, mask) == 0 else { throw .last("zmq_socket_monitor") }
        try events.connect(endpoint)
    }

    deinit { close() }

    /// Hands over what happened since the last call, oldest first.
    func drain(_ body: (LinkEvent) -> Void) throws(BusError) {
        while case .done(let frames) = try events.receive() {
            if let event = Self.decode(frames) { body(event) }
        }
    }

    /// Stops the monitor; a second call does nothing. Must precede the close of the watched socket: an unread monitor
    /// would block libzmq.
    func close() {
        if watched.handle != nil { zmq_socket_monitor(watched.handle, nil, 0) }
        events.close()
    }

    /// Frame 1: event (16 bit) and value (32 bit) in host order. Frame 2: endpoint.
    static func decode(_ frames: [[UInt8]]) -> LinkEvent? {
        guard frames.count == 2, frames[0].count == 6 else { return nil }
        let (event, value) = frames[0].withUnsafeBytes {
            (Int32($0.loadUnaligned(as: UInt16.self)), $0.loadUnaligned(fromByteOffset: 2, as: Int32.self))
        }
        let endpoint = String(decoding: frames[1], as: UTF8.self)
        switch event {
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: return .established(endpoint: endpoint)
        case ZMQ_EVENT_DISCONNECTED: return .lost(endpoint: endpoint, descriptor: value)
        case ZMQ_EVENT_ACCEPTED: return .accepted(descriptor: value)
        default: return nil
        }
    }
}
