import Foundation

/// A time zone of the IANA database, and what its wall clocks show.
///
/// Reads the zone data of the system that it runs on; that data is taken as fixed while a process runs.
public struct LocalZone: Sendable, Equatable {
    private let zone: TimeZone

    /// Nil when the database has no such zone. Takes `Region/City` names and `UTC`; not abbreviations such as `EST`,
    /// which say nothing about daylight saving, nor fixed offsets.
    public init?(_ identifier: String) {
        guard identifier == "UTC" || identifier.contains("/"), let zone = TimeZone(identifier: identifier) else {
            return nil
        }
        self.zone = zone
    }

    /// Seconds east of UTC at an instant.
    public func offset(at instant: Timestamp) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant.microseconds) / 1e6)))
    }

    /// The date that the wall calendar shows at an instant.
    public func date(at instant: Timestamp) -> LocalDate {
        LocalDate(dayNumber: Int((instant.wholeSeconds + offset(at: instant)).floorDivided(by: 86_400)))
    }

    /// The time that the wall clock shows at an instant, seconds cut off.
    public func time(at instant: Timestamp) -> LocalTime {
        let local = instant.wholeSeconds + offset(at: instant)
        let second = local - local.floorDivided(by: 86_400) * 86_400
        return LocalTime(minuteOfDay: Int(second / 60))
    }

    /// The instant at which the wall clock shows a date and time.
    ///
    /// A time that the clock shows twice (it is set back) means the first; a time that it skips (it is set forward)
    /// means the first instant after the gap.
    public func instant(of date: LocalDate, _ time: LocalTime) -> Timestamp {
        let local = Int64(date.dayNumber) * 86_400 + Int64(time.minuteOfDay) * 60
        // No zone is more than 15 hours from UTC, so both sides of a change near `local` are seen from a day away.
        let before = offset(atSecond: local - 86_400)
        let after = offset(atSecond: local + 86_400)
        if offset(atSecond: local - before) == before { return Timestamp(seconds: local - before) }
        if offset(atSecond: local - after) == after { return Timestamp(seconds: local - after) }
        var early = min(local - before, local - after)
        var late = max(local - before, local - after)
        let old = offset(atSecond: early)
        while late - early > 1 {
            let middle = early + (late - early) / 2
            if offset(atSecond: middle) == old { early = middle } else { late = middle }
        }
        return Timestamp(seconds: late)
    }

    private func offset(atSecond second: Int64) -> Int64 { offset(at: Timestamp(seconds: second)) }
}

extension Timestamp {
    /// Whole seconds since 1970, rounded towards the past.
    var wholeSeconds: Int64 { microseconds.floorDivided(by: 1_000_000) }
}

extension LocalTime {
    /// Takes the minute of the day modulo one day.
    init(minuteOfDay: Int) {
        let minute = (minuteOfDay % 1440 + 1440) % 1440
        hour = minute / 60
        self.minute = minute % 60
    }
}
