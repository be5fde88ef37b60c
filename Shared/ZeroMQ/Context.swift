import CZeroMQ

/// The libzmq context of one bus.
///
/// Not `Sendable`: made, used and released on the socket thread. Sockets retain it, so it is terminated after the last
/// of them closed; that waits for their linger time.
final class Context {
    let handle: UnsafeMutableRawPointer

    init() throws(BusError) {
        guard zmq_has("curve") == 1 else { throw .curveUnavailable }
        guard let handle = zmq_ctx_new() else { throw .last("zmq_ctx_new") }
        self.handle = handle
    }

    deinit {
        while zmq_ctx_term(handle) != 0, zmq_errno() == EINTR {}
    }
}

extension BusError {
    /// The error of the libzmq call that just failed on this thread.
    static func last(_ operation: String) -> BusError {
        let code = zmq_errno()
        return .failed(operation: operation, code: code, reason: String(cString: zmq_strerror(code)))
    }
}
