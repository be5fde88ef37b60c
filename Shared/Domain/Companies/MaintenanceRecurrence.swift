/// A maintenance window that comes again, in the local time of one zone.
///
/// An occurrence starts when the wall clock shows the start time and lasts its duration in elapsed time, so that two hours
/// are two hours also in the night of a clock change. A start that the clock skips moves to the first instant after the
/// gap; of a start that the clock shows twice the first counts.
public struct MaintenanceRecurrence: Sendable, Equatable {
    public enum Frequency: String, Sendable, Codable, CaseIterable {
        case daily, weekly, monthly
    }

    /// An IANA name, `Europe/Berlin`.
    public var timeZone: String
    public var frequency: Frequency
    /// For weekly: on these days.
    public var weekdays: [Weekday]
    /// For monthly: 1–31, or -1 for the last day. A month without the day is left out.
    public var daysOfMonth: [Int]
    /// Local time.
    public var startTime: LocalTime
    /// 1–10080, one week.
    public var durationMinutes: Int
    /// The first local date on which an occurrence may start.
    public var startsOn: LocalDate?
    /// The last local date on which an occurrence may start.
    public var endsOn: LocalDate?

    public init(
        timeZone: String, frequency: Frequency, weekdays: [Weekday] = [], daysOfMonth: [Int] = [],
        startTime: LocalTime, durationMinutes: Int, startsOn: LocalDate? = nil, endsOn: LocalDate? = nil
    ) {
        self.timeZone = timeZone
        self.frequency = frequency
        self.weekdays = weekdays
        self.daysOfMonth = daysOfMonth
        self.startTime = startTime
        self.durationMinutes = durationMinutes
        self.startsOn = startsOn
        self.endsOn = endsOn
    }

    /// See ``MaintenanceSchedule/occurrence(containing:)``. Nil also when the zone is unknown.
    public func occurrence(containing instant: Timestamp) -> (start: Timestamp, end: Timestamp)? {
        guard let zone = LocalZone(timeZone) else { return nil }
        let today = zone.date(at: instant)
        // Newest first: all last equally long, so the first that contains the instant ends last.
        for back in -1...(durationMinutes / 1440 + 2) {
            let date = today.adding(days: -back)
            guard isOn(date) else { continue }
            let span = occurrence(on: date, in: zone)
            if span.start <= instant, instant < span.end { return span }
        }
        return nil
    }

    /// See ``MaintenanceSchedule/nextOccurrence(after:)``. Nil also when the zone is unknown.
    public func nextOccurrence(after instant: Timestamp) -> (start: Timestamp, end: Timestamp)? {
        guard let zone = LocalZone(timeZone) else { return nil }
        var date = zone.date(at: instant).adding(days: -1)
        if let startsOn, startsOn > date { date = startsOn }
        for _ in 0...400 {
            if let endsOn, date > endsOn { return nil }
            if isOn(date) {
                let span = occurrence(on: date, in: zone)
                if span.start > instant { return span }
            }
            date = date.adding(days: 1)
        }
        return nil
    }

    private func occurrence(on date: LocalDate, in zone: LocalZone) -> (start: Timestamp, end: Timestamp) {
        let start = zone.instant(of: date, startTime)
        return (start, start + .seconds(durationMinutes * 60))
    }

    private func isOn(_ date: LocalDate) -> Bool {
        if let startsOn, date < startsOn { return false }
        if let endsOn, date > endsOn { return false }
        return switch frequency {
        case .daily: true
        case .weekly: weekdays.contains(date.weekday)
        case .monthly: daysOfMonth.contains(date.day) || daysOfMonth.contains(-1) && date.day == date.lastDayOfMonth
        }
    }

    /// What is wrong with it, by field.
    public var problems: [FieldProblem] {
        var found: [FieldProblem] = []
        if LocalZone(timeZone) == nil {
            found.append(FieldProblem("schedule.time_zone", "must be an IANA time zone such as Europe/Berlin"))
        }
        if frequency == .weekly, weekdays.isEmpty {
            found.append(
                FieldProblem("schedule.weekdays", "must name at least one of mon, tue, wed, thu, fri, sat, sun"))
        }
        if frequency == .monthly, daysOfMonth.isEmpty || !daysOfMonth.allSatisfy({ $0 == -1 || (1...31).contains($0) })
        {
            found.append(FieldProblem("schedule.days_of_month", "must name days 1 to 31, or -1 for the last day"))
        }
        if !(1...10_080).contains(durationMinutes) {
            found.append(FieldProblem("schedule.duration_minutes", "must be 1 to 10080"))
        }
        if let startsOn, let endsOn, endsOn < startsOn {
            found.append(FieldProblem("schedule.ends_on", "must not be earlier than starts_on"))
        }
        return found
    }
}

extension MaintenanceRecurrence: Codable {
    enum CodingKeys: String, CodingKey {
        case timeZone = "time_zone"
        case frequency, weekdays
        case daysOfMonth = "days_of_month"
        case startTime = "start_time"
        case durationMinutes = "duration_minutes"
        case startsOn = "starts_on"
        case endsOn = "ends_on"
    }

    /// Lists and dates that are left out are empty.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        timeZone = try container.decode(String.self, forKey: .timeZone)
        frequency = try container.decode(Frequency.self, forKey: .frequency)
        weekdays = try container.decodeIfPresent([Weekday].self, forKey: .weekdays) ?? []
        daysOfMonth = try container.decodeIfPresent([Int].self, forKey: .daysOfMonth) ?? []
        startTime = try container.decode(LocalTime.self, forKey: .startTime)
        durationMinutes = try container.decode(Int.self, forKey: .durationMinutes)
        startsOn = try container.decodeIfPresent(LocalDate.self, forKey: .startsOn)
        endsOn = try container.decodeIfPresent(LocalDate.self, forKey: .endsOn)
    }
}
