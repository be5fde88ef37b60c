import Logging
import Postgres
import Runtime
import ServiceLifecycle
import Store

/// Makes partitions ahead and forgets what only repeats needed. Any number of processes may do it at once.
struct Housekeeping: Service {
    let pool: PostgresPool
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    let made = try await pool.first(EnsurePartitions()) ?? 0
                    let forgotten = try await pool.execute(ForgetReceivedRequests())
                    _ = try await pool.execute(ForgetIdempotentAnswers())
                    if made + forgotten > 0 {
                        logger.info(
                            "housekeeping", metadata: ["partitions": "\(made)", "requests_forgotten": "\(forgotten)"])
                    }
                    try await Task.sleep(for: .seconds(600))
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("housekeeping failed", metadata: [LogKey.error: "\(error)"])
                    try? await Task.sleep(for: .seconds(10))
                }
            }
        }
    }
}
