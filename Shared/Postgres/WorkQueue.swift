import Foundation

/// Work for threads that are allowed to block, first come, first served.
///
/// `@unchecked Sendable`: all mutable state is read and written with `condition` locked.
final class WorkQueue: @unchecked Sendable {
    enum Work {
        /// A piece of an actor's work, with the executor that must outlive it.
        case job(UnownedJob, on: BlockingThread)
        case call(@Sendable () -> Void)
    }

    private let condition = NSCondition()
    private var pending: [Work] = []
    private var isClosed = false

    /// Starts a thread that works until the queue is closed and empty.
    func startThread(named name: String) {
        let thread = Thread { [self] in
            while let work = next() {
                switch work {
                case .job(let job, let executor): job.runSynchronously(on: executor.asUnownedSerialExecutor())
                case .call(let call): call()
                }
            }
        }
        thread.name = name
        thread.stackSize = 1 << 20
        thread.start()
    }

    func add(_ work: Work) {
        condition.lock()
        pending.append(work)
        condition.signal()
        condition.unlock()
    }

    /// Lets the threads end once nothing is left to do.
    func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
    }

    private func next() -> Work? {
        condition.lock()
        defer { condition.unlock() }
        while pending.isEmpty {
            if isClosed { return nil }
            condition.wait()
        }
        return pending.removeFirst()
    }
}

/// The few threads of the process on which cancel requests are sent.
enum CancelThreads {
    static let shared: WorkQueue = {
        let queue = WorkQueue()
        for number in 1...2 { queue.startThread(named: "pg-cancel-\(number)") }
        return queue
    }()
}
