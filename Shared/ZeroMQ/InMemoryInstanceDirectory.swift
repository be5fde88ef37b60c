import Synchronization

/// A directory in memory, for tests and for all services in one process.
public final class InMemoryInstanceDirectory: InstanceDirectory {
    private let rows = Mutex<[String: ServiceInstance]>([:])
    private let expiry: Int64
    private let clock: @Sendable () -> Int64

    /// Makes an empty directory.
    ///
    /// - Parameters:
    ///   - expiry: Age of the last heartbeat from which an instance counts as dead.
    ///   - clock: Microseconds since 1970 UTC; tests give a clock they move.
    ///     `nil` is the system clock.
    public init(expiry: Duration = .seconds(10), clock: (@Sendable () -> Int64)? = nil) {
        self.expiry = expiry.components.seconds * 1_000_000 + expiry.components.attoseconds / 1_000_000_000_000
        self.clock = clock ?? Microseconds.sinceEpoch
    }

    public func register(_ instance: ServiceInstance) async throws {
        var row = instance
        row.heartbeatAt = clock()
        rows.withLock { $0[row.id] = row }
    }

    public func heartbeat(_ id: String) async throws -> Bool {
        let now = clock()
        return rows.withLock { rows in
            guard rows[id] != nil else { return false }
            rows[id]?.heartbeatAt = now
            return true
        }
    }

    public func deregister(_ id: String) async throws {
        _ = rows.withLock { $0.removeValue(forKey: id) }
    }

    public func liveInstances() async throws -> [ServiceInstance] {
        let oldest = clock() - expiry
        return rows.withLock { rows in
            rows.values.filter { $0.heartbeatAt > oldest }.sorted { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
        }
    }
}
