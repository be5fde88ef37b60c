/// RFC 3339 text, the one form in which instants cross the API.
///
/// Civil dates by the algorithms of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (days_from_civil,
/// civil_from_days), valid for the proleptic Gregorian calendar.
extension Timestamp {
    /// Reads `2026-01-01T08:15:30Z`, with an optional fraction (digits beyond the sixth are cut) and an offset
    /// `Z`, `+01:00`, `+0100` or `+01`. Years 0001 to 9999. A leap second (`:60`) counts as the next second.
    /// Nil for anything else.
    public init?(rfc3339 text: some StringProtocol) {
        var reader = DigitReader(Array(text.utf8))
        guard let year = reader.number(4), year >= 1, reader.skip(UInt8(ascii: "-")),
            let month = reader.number(2), (1...12).contains(month), reader.skip(UInt8(ascii: "-")),
            let day = reader.number(2), day >= 1, day <= Self.days(in: month, of: year),
            reader.skip(UInt8(ascii: "T")) || reader.skip(UInt8(ascii: "t")) || reader.skip(UInt8(ascii: " ")),
            let hour = reader.number(2), hour < 24, reader.skip(UInt8(ascii: ":")),
            let minute = reader.number(2), minute < 60, reader.skip(UInt8(ascii: ":")),
            let second = reader.number(2), second <= 60
        else { return nil }
        var fraction: Int64 = 0
        if reader.skip(UInt8(ascii: ".")) {
            guard let read = reader.fraction() else { return nil }
            fraction = read
        }
        guard let offset = reader.offsetSeconds(), reader.isAtEnd else { return nil }
        let days = Self.daysFromCivil(year: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
        self.init(microseconds: seconds * 1_000_000 + fraction)
    }

    /// `2026-01-01T08:15:30Z`, or with six digits of fraction where there is one. Always UTC.
    public var rfc3339: String {
        let days = microseconds.floorDivided(by: 86_400_000_000)
        var rest = microseconds - days * 86_400_000_000
        let fraction = rest % 1_000_000
        rest /= 1_000_000
        let (year, month, day) = Self.civilFromDays(days)
        var out: [UInt8] = []
        out.reserveCapacity(27)
        Self.append(year, digits: 4, to: &out)
        out.append(UInt8(ascii: "-"))
        Self.append(month, digits: 2, to: &out)
        out.append(UInt8(ascii: "-"))
        Self.append(day, digits: 2, to: &out)
        out.append(UInt8(ascii: "T"))
        Self.append(rest / 3600, digits: 2, to: &out)
        out.append(UInt8(ascii: ":"))
        Self.append(rest / 60 % 60, digits: 2, to: &out)
        out.append(UInt8(ascii: ":"))
        Self.append(rest % 60, digits: 2, to: &out)
        if fraction != 0 {
            out.append(UInt8(ascii: "."))
            Self.append(fraction, digits: 6, to: &out)
        }
        out.append(UInt8(ascii: "Z"))
        return String(decoding: out, as: UTF8.self)
    }

    /// Days since 1970-01-01 of a civil date.
    static func daysFromCivil(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted.floorDivided(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The civil date of a number of days since 1970-01-01.
    static func civilFromDays(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, day)
    }

    /// 28 to 31.
    static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func append(_ value: Int64, digits: Int, to out: inout [UInt8]) {
        var scale: Int64 = 1
        for _ in 1..<digits { scale *= 10 }
        while scale > 0 {
            out.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / scale % 10))
            scale /= 10
        }
    }
}

extension Timestamp: Codable {
    /// - Throws: `DecodingError.dataCorrupted` when the text is not RFC 3339.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let instant = Timestamp(rfc3339: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "must be an RFC 3339 time such as 2026-01-01T08:15:30Z")
        }
        self = instant
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rfc3339)
    }
}

extension Timestamp: CustomStringConvertible {
    public var description: String { rfc3339 }
}

/// Reads ASCII digits and separators one after the other.
private struct DigitReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func digit() -> Int64? {
        guard position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) else {
            return nil
        }
        defer { position += 1 }
        return Int64(bytes[position] - UInt8(ascii: "0"))
    }

    mutating func number(_ digits: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let next = digit() else { return nil }
            value = value * 10 + next
        }
        return value
    }

    /// Microseconds of a fraction of at least one digit.
    mutating func fraction() -> Int64? {
        guard var value = digit() else { return nil }
        var digits = 1
        while let next = digit() {
            if digits < 6 {
                value = value * 10 + next
                digits += 1
            }
        }
        while digits < 6 {
            value *= 10
            digits += 1
        }
        return value
    }

    mutating func offsetSeconds() -> Int64? {
        if skip(UInt8(ascii: "Z")) || skip(UInt8(ascii: "z")) { return 0 }
        let sign: Int64
        if skip(UInt8(ascii: "+")) {
            sign = 1
        } else if skip(UInt8(ascii: "-")) {
            sign = -1
        } else {
            return nil
        }
        guard let hours = number(2), hours < 24 else { return nil }
        if isAtEnd { return sign * hours * 3600 }
        _ = skip(UInt8(ascii: ":"))
        guard let minutes = number(2), minutes < 60 else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}
