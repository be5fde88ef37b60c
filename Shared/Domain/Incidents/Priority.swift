/// What an incident's priority is made of, per company. `snake_case` in the API; what is left out has its default.
public struct PriorityWeights: Sendable, Equatable {
    public var critical: Double = 90
    public var high: Double = 60
    public var medium: Double = 30
    public var low: Double = 10
    /// Added when the incident touches a critical asset.
    public var criticalAsset: Double = 20
    /// Added for every alert, the first included.
    public var perAlert: Double = 2
    /// The most that alerts can add.
    public var perAlertMaximum: Double = 20
    /// Added when two or more tools report it.
    public var multiTool: Double = 10
    /// Taken off for each whole hour of age.
    public var ageDecayPerHour: Double = 1
    /// The most that age can take off.
    public var ageDecayMaximum: Double = 10

    public init() {}

    public func points(for severity: Severity) -> Double {
        switch severity {
        case .critical: critical
        case .high: high
        case .medium: medium
        case .low: low
        }
    }
}

/// A priority and how it came about.
public struct PriorityScore: Sendable, Equatable, Codable {
    public struct Part: Sendable, Equatable, Codable {
        /// `severity`, `critical_asset`, `alerts`, `multi_tool` or `age`.
        public var name: String
        /// Negative for age.
        public var points: Double
        public var why: String

        public init(name: String, points: Double, why: String) {
            self.name = name
            self.points = points
            self.why = why
        }
    }

    /// The sum of the parts.
    public var score: Double
    /// Those that are not 0, in a fixed order; severity is always there.
    public var parts: [Part]

    public init(parts: [Part]) {
        self.parts = parts
        score = parts.reduce(0) { $0 + $1.points }
    }
}

extension PriorityWeights {
    /// The part of a priority that does not change by itself: what is stored.
    public func staticScore(
        severity: Severity, alertCount: Int, touchesCriticalAsset: Bool, toolCount: Int
    ) -> PriorityScore {
        typealias Part = PriorityScore.Part
        var parts = [Part(name: "severity", points: points(for: severity), why: severity.rawValue)]
        if touchesCriticalAsset, criticalAsset != 0 {
            parts.append(Part(name: "critical_asset", points: criticalAsset, why: "touches a critical asset"))
        }
        let alerts = min(perAlertMaximum, perAlert * Double(max(0, alertCount)))
        if alerts != 0 {
            parts.append(
                Part(name: "alerts", points: alerts, why: alertCount == 1 ? "1 alert" : "\(alertCount) alerts"))
        }
        if toolCount >= 2, multiTool != 0 {
            parts.append(Part(name: "multi_tool", points: multiTool, why: "reported by \(toolCount) tools"))
        }
        return PriorityScore(parts: parts)
    }

    /// The priority as it is read at `now`: the static score less its age.
    ///
    /// Age counts whole elapsed hours since `openedAt`, so that a score changes once an hour and not with every look.
    ///
    /// - Parameter agedUntil: When it stopped ageing, the instant of resolution; nil while it is open.
    public func score(
        severity: Severity, alertCount: Int, touchesCriticalAsset: Bool, toolCount: Int, openedAt: Timestamp,
        agedUntil: Timestamp? = nil, now: Timestamp
    ) -> PriorityScore {
        let fixed = staticScore(
            severity: severity, alertCount: alertCount, touchesCriticalAsset: touchesCriticalAsset, toolCount: toolCount
        )
        let until = min(agedUntil ?? now, now)
        let hours = max(0, (until - openedAt).microseconds / 3_600_000_000)
        let decay = min(ageDecayMaximum, ageDecayPerHour * Double(hours))
        guard decay != 0 else { return fixed }
        let why = hours == 1 ? "1 hour old" : "\(hours) hours old"
        return PriorityScore(parts: fixed.parts + [.init(name: "age", points: -decay, why: why)])
    }

    /// The static score of an incident.
    public func staticScore(of incident: IncidentState) -> PriorityScore {
        staticScore(
            severity: incident.severity, alertCount: incident.alertCount,
            touchesCriticalAsset: incident.touchesCriticalAsset, toolCount: incident.toolSources.count)
    }
}
