import Store
import Synchronization

/// A bounded queue of requests with one worker that takes as many as wait.
final class CommitLane: Sendable {
    typealias Answer = Result<AcceptOutcome, GroupCommit.Refusal>

    /// A request and whoever waits for its answer.
    struct Waiting: Sendable {
        var request: AcceptableRequest
        fileprivate var continuation: CheckedContinuation<Answer, Never>

        func resume(_ answer: Answer) { continuation.resume(returning: answer) }
    }

    private struct State {
        var queue: [Waiting] = []
        var alerts = 0
        var worker: CheckedContinuation<Void, Never>?
        var isClosed = false
    }

    private let maximumAlerts: Int
    private let state = Mutex(State())

    init(maximumAlerts: Int) {
        self.maximumAlerts = maximumAlerts
    }

    var waiting: Int { state.withLock { $0.queue.count } }

    /// Waits in line. Refused at once when the line is too long or the lane is closed.
    func submit(_ request: AcceptableRequest) async -> Answer {
        await withCheckedContinuation { continuation in
            enum Next { case wake(CheckedContinuation<Void, Never>), wait, refuse(GroupCommit.Refusal) }
            let next = state.withLock { state -> Next in
                guard !state.isClosed else { return .refuse(.unavailable) }
                guard state.alerts + request.alerts.count <= maximumAlerts || state.queue.isEmpty else {
                    return .refuse(.overloaded)
                }
                state.queue.append(Waiting(request: request, continuation: continuation))
                state.alerts += request.alerts.count
                guard let worker = state.worker.take() else { return .wait }
                return .wake(worker)
            }
            switch next {
            case .wake(let worker): worker.resume()
            case .wait: break
            case .refuse(let refusal): continuation.resume(returning: .failure(refusal))
            }
        }
    }

    /// All that wait, up to the limits; at least one request however large. Nil when closed and empty.
    func next(maximumRequests: Int, maximumAlerts: Int) async -> [Waiting]? {
        while true {
            let (batch, closed) = state.withLock { state -> ([Waiting], Bool) in
                var (count, alerts) = (0, 0)
                while count < min(state.queue.count, maximumRequests) {
                    let size = state.queue[count].request.alerts.count
                    if count > 0, alerts + size > maximumAlerts { break }
                    alerts += size
                    count += 1
                }
                let batch = Array(state.queue.prefix(count))
                state.queue.removeFirst(count)
                state.alerts -= alerts
                return (batch, state.isClosed)
            }
            if !batch.isEmpty { return batch }
            if closed { return nil }
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    guard state.queue.isEmpty, !state.isClosed else { return true }
                    state.worker = continuation
                    return false
                }
                if isDue { continuation.resume() }
            }
        }
    }

    /// All that wait now, so that they can be refused.
    func takeAll() -> [Waiting] {
        state.withLock { state in
            defer { (state.queue, state.alerts) = ([], 0) }
            return state.queue
        }
    }

    /// Takes nothing more; what waits is still worked off.
    func close() {
        let worker = state.withLock { state in
            state.isClosed = true
            return state.worker.take()
        }
        worker?.resume()
    }
}
