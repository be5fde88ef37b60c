import Domain
import Foundation
import Postgres
import Synchronization

/// The database's clock as this process sees it: the local monotonic clock, set by the database's from time to time.
///
/// Reading it costs no query. Between two settings it drifts as much as the machine's clock does, microseconds a second.
public final class DatabaseClock: Sendable {
    /// Slower answers say too little of the way back to move a clock that was set before.
    private static let slowestTravel: Int64 = 250_000

    /// Microseconds to add to the monotonic clock.
    private let offset: Mutex<Int64>
    private let isSet = Mutex(false)

    /// Starts with this machine's own clock.
    public init() {
        offset = Mutex(Int64(Date().timeIntervalSince1970 * 1e6) - Self.monotonic())
    }

    /// The present moment of the database, UTC.
    public var now: Timestamp {
        Timestamp(microseconds: Self.monotonic() + offset.withLock { $0 })
    }

    /// Sets it by a round trip, taking half of its time as the way back.
    ///
    /// - Returns: By how much the clock was moved.
    @discardableResult
    public func synchronise(with database: some Querying) async throws -> Duration {
        var best: (travel: Int64, offset: Int64)?
        // The first query of a new connection takes long, which says nothing of the way back: the fastest of three counts.
        for _ in 0..<3 {
            let before = Self.monotonic()
            guard let moment = try await database.first(ReadClock()) else { return .zero }
            let travel = Self.monotonic() - before
            if travel < best?.travel ?? .max { best = (travel, moment.microseconds - (before + travel / 2)) }
            if travel < 5000 { break }
        }
        guard let best else { return .zero }
        let wasSet = isSet.withLock { isSet in
            defer { isSet = true }
            return isSet
        }
        if wasSet, best.travel > Self.slowestTravel { return .zero }
        return offset.withLock { offset in
            defer { offset = best.offset }
            return .microseconds(best.offset - offset)
        }
    }

    private static func monotonic() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}

/// The database's clock.
struct ReadClock: Statement {
    typealias Row = Timestamp
    static let name = "read_clock"
    static let sql = "SELECT aw_now()"
    static let parameters: [PostgresType] = []
    static let columns = [Column("aw_now", .timestamptz)]

    func bind(_ bindings: inout Bindings) {}

    static func decode(_ row: inout RowReader) throws -> Timestamp { try row.instant() }
}
