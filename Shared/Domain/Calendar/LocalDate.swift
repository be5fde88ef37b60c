/// A date on a wall calendar (proleptic Gregorian), without a time zone: `2026-03-29`.
public struct LocalDate: Sendable, Hashable, Comparable {
    public let year: Int
    /// 1–12.
    public let month: Int
    /// 1–31, never beyond the month's last.
    public let day: Int

    /// Nil when there is no such day, or the year is not 1–9999.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Int(Timestamp.days(in: Int64(month), of: Int64(year)))
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// The date that is this many days after 1970-01-01.
    public init(dayNumber: Int) {
        let civil = Timestamp.civilFromDays(Int64(dayNumber))
        year = Int(civil.year)
        month = Int(civil.month)
        day = Int(civil.day)
    }

    /// Reads `2026-03-29`; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count == 10, parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2],
            let year = LocalTime.digits(parts[0]), let month = LocalTime.digits(parts[1]),
            let day = LocalTime.digits(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// Days since 1970-01-01; negative before.
    public var dayNumber: Int {
        Int(Timestamp.daysFromCivil(year: Int64(year), month: Int64(month), day: Int64(day)))
    }

    public var weekday: Weekday {
        // 1970-01-01 was a Thursday, the fourth day of the week that starts on Monday.
        let index = (dayNumber % 7 + 7 + 3) % 7
        return Weekday.allCases[index]
    }

    /// The last day of its month, 28–31.
    public var lastDayOfMonth: Int { Int(Timestamp.days(in: Int64(month), of: Int64(year))) }

    public func adding(days: Int) -> LocalDate { LocalDate(dayNumber: dayNumber + days) }

    public static func < (left: Self, right: Self) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}

extension LocalDate: CustomStringConvertible {
    public var description: String {
        LocalTime.padded(year, to: 4) + "-" + LocalTime.padded(month, to: 2) + "-" + LocalTime.padded(day, to: 2)
    }
}

extension LocalDate: Codable {
    /// - Throws: `DecodingError.dataCorrupted` when the text is not a date.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let date = LocalDate(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "must be a date such as 2026-03-29")
        }
        self = date
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A day of the week, Monday first: `mon` to `sun`.
public enum Weekday: String, Sendable, Codable, CaseIterable {
    case mon, tue, wed, thu, fri, sat, sun
}
