import Foundation

/// Instants as the directory holds them.
enum Microseconds {
    /// Microseconds since 1970 UTC by the system clock.
    static func sinceEpoch() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000
    }
}
