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
                    var made = 0
                    for table in EnsurePartitions.tables {
                        made += try await pool.first(EnsurePartitions(table: table)) ?? 0
                    }
                    let forgotten = try await forgetRequests()
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

    /// As many batches as there are, with pauses, so that any rate of requests is kept up with.
    private func forgetRequests() async throws -> Int {
        var forgotten = 0
        while true {
            let batch = try await pool.execute(ForgetReceivedRequests())
            forgotten += batch
            guard batch == ForgetReceivedRequests.batch else { return forgotten }
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}
