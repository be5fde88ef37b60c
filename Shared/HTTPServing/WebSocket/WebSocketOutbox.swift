import NIOCore
import Synchronization

/// The bounded queue between those who send and the event loop that writes.
///
/// Counts a frame until the kernel has taken it, so that its bounds are the bounds of the memory a client that does
/// not read can hold.
final class WebSocketOutbox: Sendable {
    /// What became of a message.
    enum Offer: Equatable {
        /// It waits; with `wake` the event loop has to be told.
        case queued(wake: Bool)
        /// It was one too many. The queue is sealed and empty now; said once.
        case overflow
        /// The connection is closing or closed.
        case sealed
    }

    private struct State {
        var waiting: [ByteBuffer] = []
        var frames = 0
        var bytes = 0
        var isWoken = false
        var isSealed = false
        var closeCode: UInt16?
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var lastWaiter = 0

        /// Takes everyone who waits for room.
        mutating func releaseWaiters() -> [CheckedContinuation<Void, Never>] {
            defer { waiters = [:] }
            return Array(waiters.values)
        }
    }

    private let maximumFrames: Int
    private let maximumBytes: Int
    private let state = Mutex(State())

    init(limits: WebSocketLimits) {
        maximumFrames = limits.outboundQueueFrames
        maximumBytes = limits.outboundQueueBytes
    }

    var isSealed: Bool { state.withLock { $0.isSealed } }

    var closeCode: UInt16? { state.withLock { $0.closeCode } }

    func offer(_ payload: ByteBuffer) -> Offer {
        let (offer, released) = state.withLock { state -> (Offer, [CheckedContinuation<Void, Never>]) in
            guard !state.isSealed else { return (.sealed, []) }
            let frames = state.frames + 1
            let bytes = state.bytes + payload.readableBytes
            guard frames <= maximumFrames, bytes <= maximumBytes || frames == 1 else {
                state.isSealed = true
                state.waiting = []
                return (.overflow, state.releaseWaiters())
            }
            state.frames = frames
            state.bytes = bytes
            state.waiting.append(payload)
            defer { state.isWoken = true }
            return (.queued(wake: !state.isWoken), [])
        }
        for waiter in released { waiter.resume() }
        return offer
    }

    /// Everything that waits, to be written now; each is counted until ``written(bytes:)``.
    func take() -> [ByteBuffer] {
        state.withLock { state in
            defer { state.waiting = [] }
            state.isWoken = false
            return state.waiting
        }
    }

    func written(bytes: Int) {
        let released = state.withLock { state in
            state.frames -= 1
            state.bytes -= bytes
            return hasRoom(state) ? state.releaseWaiters() : []
        }
        for waiter in released { waiter.resume() }
    }

    /// Takes no more messages, and drops what waits.
    func discard() {
        let released = state.withLock { state in
            state.isSealed = true
            state.waiting = []
            return state.releaseWaiters()
        }
        for waiter in released { waiter.resume() }
    }

    /// Takes no more messages; what waited before is left for ``take()``.
    func seal(closeCode: UInt16?) {
        let released = state.withLock { state in
            state.isSealed = true
            state.closeCode = state.closeCode ?? closeCode
            return state.releaseWaiters()
        }
        for waiter in released { waiter.resume() }
    }

    /// Returns when no more than half of the queue is in use, when it is sealed, or when the task is cancelled.
    func room() async {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    guard !state.isSealed, !hasRoom(state), !Task.isCancelled else { return false }
                    state.waiters[id] = continuation
                    return true
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }

    private func hasRoom(_ state: borrowing State) -> Bool {
        state.frames <= maximumFrames / 2 && state.bytes <= maximumBytes / 2
    }
}
