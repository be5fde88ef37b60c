import CLibPQ
import Foundation

/// Tells the server to stop what one connection is running, and only that.
///
/// A cancel request names a connection, not a statement, and travels on a connection of its own. So that it never hits
/// the statement that comes next, ``end(_:waitsForRequest:)`` waits while a request is under way; and because a request
/// that overtakes its statement is lost, it is repeated until the statement has ended.
///
/// `@unchecked Sendable`: `handle` is never changed and `PQcancel` may be called on it from any thread; everything
/// mutable is read and written with `condition` locked.
final class QueryCancellation: @unchecked Sendable {
    private let handle: OpaquePointer?
    private let condition = NSCondition()
    private var running: UInt64 = 0
    private var isSending = false

    /// - Parameter connection: An open connection, used only during the call.
    init(connection: OpaquePointer?) {
        handle = connection.flatMap { PQgetCancel($0) }
    }

    deinit {
        if let handle { PQfreeCancel(handle) }
    }

    /// Says that the statement with this ticket is about to be sent.
    func begin(_ ticket: UInt64) {
        condition.lock()
        running = ticket
        condition.unlock()
    }

    /// Says that the statement has ended.
    ///
    /// - Returns: `false` when a request was still under way after a few seconds; then the connection must be closed.
    func end(waitsForRequest: Bool) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        running = 0
        condition.broadcast()
        guard waitsForRequest else { return true }
        let deadline = Date(timeIntervalSinceNow: 5)
        while isSending {
            if !condition.wait(until: deadline) { return !isSending }
        }
        return true
    }

    /// Asks for the statement with this ticket to be stopped. Returns at once; may be called on any thread.
    func request(_ ticket: UInt64) {
        CancelThreads.shared.add(.call { [self] in deliver(ticket) })
    }

    private func deliver(_ ticket: UInt64) {
        var pause = 0.02
        for _ in 0..<10 {
            guard startSending(ticket) else { return }
            var reason = [CChar](repeating: 0, count: 256)
            _ = PQcancel(handle, &reason, Int32(reason.count))
            if finishSending(ticket, waitingFor: pause) { return }
            pause *= 2
        }
    }

    private func startSending(_ ticket: UInt64) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        guard running == ticket else { return false }
        isSending = true
        return true
    }

    /// Whether the statement has ended, after waiting for that at most `seconds`.
    private func finishSending(_ ticket: UInt64, waitingFor seconds: TimeInterval) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        isSending = false
        condition.broadcast()
        let deadline = Date(timeIntervalSinceNow: seconds)
        while running == ticket {
            if !condition.wait(until: deadline) { return running != ticket }
        }
        return true
    }
}
