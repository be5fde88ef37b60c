/// An instant: whole microseconds since 1970-01-01T00:00:00Z (leap seconds not counted), as PostgreSQL keeps it.
///
/// Exact, unlike a floating-point date. Has no time zone; local time is computed where a schedule names its zone.
public struct Timestamp: Sendable, Hashable, Comparable {
    public var microseconds: Int64

    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Whole seconds since 1970, as webhook senders sign them.
    public init(seconds: Int64) {
        self.microseconds = seconds &* 1_000_000
    }

    public static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }

    public static func + (instant: Self, interval: Duration) -> Self {
        Self(microseconds: instant.microseconds + interval.microseconds)
    }

    public static func - (instant: Self, interval: Duration) -> Self {
        Self(microseconds: instant.microseconds - interval.microseconds)
    }

    public static func - (later: Self, earlier: Self) -> Duration {
        .microseconds(later.microseconds - earlier.microseconds)
    }

    /// Days since 1970-01-01, UTC, rounded towards the past.
    public var dayNumber: Int32 {
        Int32(clamping: microseconds.floorDivided(by: 86_400_000_000))
    }
}

extension Duration {
    /// Whole microseconds, rounded towards zero.
    public var microseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }

    /// Seconds with a fraction, for display and statistics.
    public var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

extension Int64 {
    func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
