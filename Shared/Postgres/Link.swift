import CLibPQ
import Foundation

/// Owns one libpq connection and moves bytes on it. Blocks; confined to one thread at a time.
///
/// Sends without blocking and waits with a deadline, so that a server that stops answering cannot hold the thread.
final class Link {
    private(set) var pointer: OpaquePointer?
    /// Whether the server has announced that it is about to end the connection.
    private var isEnding = false

    init(adopting pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        close()
    }

    func close() {
        guard let open = pointer else { return }
        pointer = nil
        PQfinish(open)
    }

    /// Whether libpq still believes in the connection.
    var isUsable: Bool {
        pointer.map { PQstatus($0) == CONNECTION_OK } ?? false
    }

    var transactionStatus: PGTransactionStatusType {
        pointer.map { PQtransactionStatus($0) } ?? PQTRANS_UNKNOWN
    }

    /// The server's process for this connection, or 0.
    var backendPID: Int32 {
        pointer.map { PQbackendPID($0) } ?? 0
    }

    /// Whether an idle connection is still open, as far as its socket tells without asking the server.
    func isAliveWhileIdle() -> Bool {
        guard let pointer, isUsable else { return false }
        guard poll(for: POLLIN, milliseconds: 0) else { return true }
        guard PQconsumeInput(pointer) == 1, isUsable else { return false }
        // Has libpq look at what arrived, which tells a farewell from a harmless message.
        while let notification = PQnotifies(pointer) { PQfreemem(notification) }
        return !isEnding
    }

    /// Drops the server's notices, which can carry values and which libpq would print; a farewell is taken note of.
    func receiveNotices() {
        guard let pointer else { return }
        let this = Unmanaged.passUnretained(self).toOpaque()
        PQsetNoticeReceiver(
            pointer,
            { this, notice in
                guard let this, let severity = PQresultErrorField(notice, Int32(CLIBPQ_DIAG_SEVERITY)) else { return }
                guard ["FATAL", "PANIC"].contains(String(cString: severity)) else { return }
                Unmanaged<Link>.fromOpaque(this).takeUnretainedValue().isEnding = true
            }, this)
    }

    /// Sends one command and waits for its end.
    ///
    /// - Parameters:
    ///   - stage: What the server's words about an error can be about.
    ///   - deadline: When to give up on the server; `nil` for never.
    ///   - send: A `PQsend…` call; returns 0 when the command could not be queued.
    /// - Returns: The last result.
    func exchange(
        _ stage: PostgresError.Stage, deadline: ContinuousClock.Instant?, _ send: (OpaquePointer) -> Int32
    ) throws(PostgresError) -> QueryResult? {
        guard let pointer, isUsable else { throw Self.lost(nil) }
        guard send(pointer) == 1 else {
            close()
            throw Self.lost(nil)
        }
        try flush(pointer, deadline)
        var last: QueryResult?
        var failure: QueryResult?
        while let result = try nextResult(pointer, deadline) {
            switch result.status {
            case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE: failure = failure ?? result
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                close()
                throw PostgresError(.misuse, publicMessage: "COPY is not supported")
            default: last = result
            }
        }
        if let failure { throw PostgresError(result: failure, isConnectionLost: !isUsable, stage: stage) }
        guard isUsable else { throw Self.lost(nil) }
        return last
    }

    private func flush(_ pointer: OpaquePointer, _ deadline: ContinuousClock.Instant?) throws(PostgresError) {
        while PQflush(pointer) == 1 {
            try wait(for: POLLIN | POLLOUT, until: deadline)
            if PQconsumeInput(pointer) == 0 { return }
        }
    }

    private func nextResult(
        _ pointer: OpaquePointer, _ deadline: ContinuousClock.Instant?
    ) throws(PostgresError) -> QueryResult? {
        while PQisBusy(pointer) == 1 {
            try wait(for: POLLIN, until: deadline)
            if PQconsumeInput(pointer) == 0 { break }
        }
        return PQgetResult(pointer).map(QueryResult.init)
    }

    private func wait(for events: Int32, until deadline: ContinuousClock.Instant?) throws(PostgresError) {
        let remaining = deadline.map { Int32(clamping: ($0 - .now).milliseconds) } ?? -1
        if poll(for: events, milliseconds: remaining) { return }
        close()
        throw Self.lost("the server did not answer in time")
    }

    /// Whether one of the events happened before the time was over. An error of the socket counts as an event.
    private func poll(for events: Int32, milliseconds: Int32) -> Bool {
        guard let pointer else { return true }
        var descriptor = pollfd(fd: PQsocket(pointer), events: Int16(truncatingIfNeeded: events), revents: 0)
        let end = ContinuousClock.now + .milliseconds(Int64(milliseconds))
        var left = milliseconds
        while true {
            let ready = Foundation.poll(&descriptor, 1, left)
            if ready >= 0 { return ready > 0 }
            guard errno == EINTR else { return true }
            if milliseconds >= 0 { left = Int32(clamping: (end - .now).milliseconds) }
        }
    }

    static func lost(_ message: String?) -> PostgresError {
        PostgresError(.connectionLost, publicMessage: message)
    }
}
