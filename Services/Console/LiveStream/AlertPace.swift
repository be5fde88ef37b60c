import Domain

/// Lets through as many alerts of a company as a person can read, and counts the others.
struct AlertPace {
    /// One by one, a second and company.
    static let perSecond = 10

    private var second: Int64 = 0
    private var shown = 0
    private(set) var counted = 0

    /// Whether the next alert is shown by itself.
    mutating func admit(now: Timestamp) -> Bool {
        let current = now.microseconds / 1_000_000
        if current != second {
            second = current
            shown = 0
        }
        guard shown < Self.perSecond else {
            counted += 1
            return false
        }
        shown += 1
        return true
    }

    mutating func count(_ more: Int) { counted += more }

    /// How many were not shown since the last time.
    mutating func take() -> Int {
        defer { counted = 0 }
        return counted
    }
}
