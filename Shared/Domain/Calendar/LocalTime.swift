/// A time on a wall clock, to the minute, without a date or a time zone: `02:00`. From 00:00 to 23:59.
public struct LocalTime: Sendable, Hashable, Comparable {
    /// 0–23.
    public let hour: Int
    /// 0–59.
    public let minute: Int

    /// Nil when there is no such time.
    public init?(hour: Int, minute: Int) {
        guard (0...23).contains(hour), (0...59).contains(minute) else { return nil }
        self.hour = hour
        self.minute = minute
    }

    /// Reads `02:00`; nil for anything else, also for `24:00` and `2:00`.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [2, 2], let hour = Self.digits(parts[0]), let minute = Self.digits(parts[1])
        else { return nil }
        self.init(hour: hour, minute: minute)
    }

    /// Minutes since midnight as the wall clock counts them, 0–1439.
    public var minuteOfDay: Int { hour * 60 + minute }

    public static func < (left: Self, right: Self) -> Bool { left.minuteOfDay < right.minuteOfDay }

    /// The value of ASCII digits only: `Int(_:)` would also take a sign.
    static func digits(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }

    static func padded(_ value: Int, to width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}

extension LocalTime: CustomStringConvertible {
    public var description: String { Self.padded(hour, to: 2) + ":" + Self.padded(minute, to: 2) }
}

extension LocalTime: Codable {
    /// - Throws: `DecodingError.dataCorrupted` when the text is not a time.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let time = LocalTime(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "must be a time such as 02:00, from 00:00 to 23:59")
        }
        self = time
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
