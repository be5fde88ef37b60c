import Foundation

/// A thread that serves as the executor of one actor, so that the actor may block.
///
/// The thread ends when nothing refers to it any more; work that was added before is still done.
final class BlockingThread: SerialExecutor {
    private let queue = WorkQueue()

    init(name: String) {
        queue.startThread(named: name)
    }

    deinit {
        queue.close()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        queue.add(.job(UnownedJob(job), on: self))
    }

    /// Runs `call` on the thread, after the work that was added before.
    func run(_ call: @escaping @Sendable () -> Void) {
        queue.add(.call(call))
    }

    /// Blocks the calling thread, which must be one of these.
    static func pause(_ duration: Duration) {
        Thread.sleep(forTimeInterval: Double(duration.nanoseconds) / 1e9)
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }
}
