import Foundation
import Logging

/// The one thread that owns all sockets of a bus.
struct SocketThread: Sendable {
    /// Fulfilled when everything is bound, or could not be.
    let started = OneShot<Result<BoundBus, BusError>>()
    /// Fulfilled when all sockets are closed; holds the reason if it was not the stop order.
    let ended = OneShot<BusError?>()

    /// Starts the thread; it ends after the stop order on `board`.
    ///
    /// - Parameter onFailure: Called on the thread when it ends for another reason after it had started.
    func start(
        _ configuration: BusConfiguration, _ board: Switchboard, logger: Logger,
        onFailure: @escaping @Sendable (BusError) -> Void
    ) {
        let thread = Thread { [started, ended] in
            var failure: BusError?
            do throws(BusError) {
                try Self.serve(configuration, board, logger: logger) { started.fulfil(.success($0)) }
            } catch {
                failure = error
            }
            board.close()
            if let failure {
                started.fulfil(.failure(failure))
                onFailure(failure)
            }
            ended.fulfil(failure)
        }
        thread.name = "zeromq"
        thread.start()
    }

    private static func serve(
        _ configuration: BusConfiguration, _ board: Switchboard, logger: Logger, onBound: (BoundBus) -> Void
    ) throws(BusError) {
        let loop = try SocketLoop(configuration, board, logger: logger)
        defer { loop.close() }
        onBound(loop.bound)
        try loop.run()
    }
}
