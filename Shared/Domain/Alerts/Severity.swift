/// How bad an alert or incident is. Ordered: `low < medium < high < critical`.
public enum Severity: String, Sendable, Codable, CaseIterable, Comparable {
    case critical, high, medium, low

    /// 3 for critical down to 0 for low.
    public var rank: Int {
        switch self {
        case .critical: 3
        case .high: 2
        case .medium: 1
        case .low: 0
        }
    }

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
}
