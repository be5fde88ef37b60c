import HummingbirdCore
import Logging
import NIOCore

/// Serves each connection on the event loop that reads and writes it.
///
/// A request then needs no change of threads between its bytes and its handler, which costs more than most handlers do.
/// What a handler awaits elsewhere (actors with executors of their own) still runs there. Handlers must not block, as
/// anywhere in Swift's concurrency, and one that computes for long keeps the other connections of its loop waiting.
struct EventLoopServing<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        base.setup(channel: channel, logger: logger)
    }

    func handle(value: Base.Value, logger: Logger) async {
        await withTaskExecutorPreference(EventLoopTaskExecutor(loop: value.channel.eventLoop)) {
            await base.handle(value: value, logger: logger)
        }
    }
}

/// Runs tasks on an event loop.
final class EventLoopTaskExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
