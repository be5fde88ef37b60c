import CZeroMQ

/// One thing the socket thread looks after. Lives on that thread.
protocol LoopPart: AnyObject {
    /// What to wake up for: a socket with `ZMQ_POLLIN` or `ZMQ_POLLOUT`; `nil` when there is nothing to wait for now.
    var interest: (socket: Socket, events: Int32)? { get }

    /// Does what can be done without waiting.
    ///
    /// - Returns: `true` when it stopped only to let others have their turn.
    func service() throws(BusError) -> Bool

    /// Closes what it owns.
    func close()
}

/// Sleeps until a part has something to do, the wake signal is raised, or time is up.
struct Poller {
    private var items: [zmq_pollitem_t] = []

    /// - Parameter timeout: Milliseconds; negative waits without limit.
    /// - Returns: Whether the wake signal is raised.
    mutating func wait(wake descriptor: Int32, parts: [any LoopPart], timeout: Int) throws(BusError) -> Bool {
        items.removeAll(keepingCapacity: true)
        items.append(zmq_pollitem_t(socket: nil, fd: descriptor, events: Int16(ZMQ_POLLIN), revents: 0))
        for part in parts {
            guard let (socket, events) = part.interest else { continue }
            items.append(zmq_pollitem_t(socket: socket.handle, fd: 0, events: Int16(events), revents: 0))
        }
        if zmq_poll(&items, Int32(items.count), timeout) < 0, zmq_errno() != EINTR { throw .last("zmq_poll") }
        return items[0].revents != 0
    }
}
