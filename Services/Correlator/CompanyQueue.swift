import Domain
import Synchronization

/// Companies whose alerts wait, each at most once, and each worked on by at most one worker of this process.
///
/// A company that is woken while it is worked on is handed out again afterwards.
final class CompanyQueue: Sendable {
    private struct State {
        var waiting: [CompanyID] = []
        var queued: Set<CompanyID> = []
        var busy: Set<CompanyID> = []
        var wokenWhileBusy: Set<CompanyID> = []
        var idle: [CheckedContinuation<CompanyID?, Never>] = []
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Alerts of this company may wait.
    func wake(_ company: CompanyID) {
        let worker = state.withLock { state -> CheckedContinuation<CompanyID?, Never>? in
            guard !state.isClosed, !state.queued.contains(company) else { return nil }
            if state.busy.contains(company) {
                state.wokenWhileBusy.insert(company)
                return nil
            }
            if !state.idle.isEmpty {
                state.busy.insert(company)
                return state.idle.removeFirst()
            }
            state.queued.insert(company)
            state.waiting.append(company)
            return nil
        }
        worker?.resume(returning: company)
    }

    /// The next company to work on; nil when the queue is closed. Say ``done(_:more:)`` afterwards.
    func next() async -> CompanyID? {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state -> CompanyID?? in
                if state.isClosed { return .some(nil) }
                if !state.waiting.isEmpty {
                    let company = state.waiting.removeFirst()
                    state.queued.remove(company)
                    state.busy.insert(company)
                    return company
                }
                state.idle.append(continuation)
                return nil
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }

    /// - Parameter more: Alerts of the company still wait.
    func done(_ company: CompanyID, more: Bool) {
        let again = state.withLock { state in
            state.busy.remove(company)
            return state.wokenWhileBusy.remove(company) != nil || more
        }
        if again { wake(company) }
    }

    /// Hands out nothing more.
    func close() {
        let idle = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return state.idle
        }
        for worker in idle { worker.resume(returning: nil) }
    }
}
