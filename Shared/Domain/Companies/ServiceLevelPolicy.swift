/// By when a company's incidents must be answered and resolved. `snake_case` in the API; what is left out has its
/// default.
///
/// Elapsed time, around the clock.
public struct ServiceLevelPolicy: Sendable, Equatable {
    /// The two targets of one severity, in minutes, 1–525600.
    public struct Target: Sendable, Equatable, Codable {
        public var responseMinutes: Int
        public var resolutionMinutes: Int

        public init(responseMinutes: Int, resolutionMinutes: Int) {
            self.responseMinutes = responseMinutes
            self.resolutionMinutes = resolutionMinutes
        }

        enum CodingKeys: String, CodingKey {
            case responseMinutes = "response_minutes"
            case resolutionMinutes = "resolution_minutes"
        }
    }

    public var critical = Target(responseMinutes: 30, resolutionMinutes: 240)
    public var high = Target(responseMinutes: 120, resolutionMinutes: 480)
    public var medium = Target(responseMinutes: 480, resolutionMinutes: 1440)
    public var low = Target(responseMinutes: 1440, resolutionMinutes: 2880)
    /// How long before a deadline people are warned, 0–1440; a quarter of the target where that is shorter.
    public var warningMinutes = 30

    public init() {}

    public func target(for severity: Severity) -> Target {
        switch severity {
        case .critical: critical
        case .high: high
        case .medium: medium
        case .low: low
        }
    }

    /// What a person has to mend before it can be saved, by field.
    public var problems: [FieldProblem] {
        var found: [FieldProblem] = []
        for severity in Severity.allCases {
            let target = target(for: severity)
            let path = "targets.\(severity.rawValue)"
            if !(1...525_600).contains(target.responseMinutes) {
                found.append(FieldProblem("\(path).response_minutes", "must be 1 to 525600"))
            }
            if !(1...525_600).contains(target.resolutionMinutes) {
                found.append(FieldProblem("\(path).resolution_minutes", "must be 1 to 525600"))
            }
            if target.resolutionMinutes < target.responseMinutes {
                found.append(FieldProblem("\(path).resolution_minutes", "must not be less than response_minutes"))
            }
        }
        if !(0...1440).contains(warningMinutes) {
            found.append(FieldProblem("warning_minutes", "must be 0 to 1440"))
        }
        return found
    }
}

extension ServiceLevelPolicy: Codable {
    enum CodingKeys: String, CodingKey {
        case targets
        case warningMinutes = "warning_minutes"
    }

    public init(from decoder: any Decoder) throws {
        self.init()
        let container = try decoder.container(keyedBy: CodingKeys.self)
        warningMinutes = try container.decodeIfPresent(Int.self, forKey: .warningMinutes) ?? warningMinutes
        guard container.contains(.targets) else { return }
        let targets = try container.nestedContainer(keyedBy: SeverityKey.self, forKey: .targets)
        critical = try targets.decodeIfPresent(Target.self, forKey: SeverityKey(.critical)) ?? critical
        high = try targets.decodeIfPresent(Target.self, forKey: SeverityKey(.high)) ?? high
        medium = try targets.decodeIfPresent(Target.self, forKey: SeverityKey(.medium)) ?? medium
        low = try targets.decodeIfPresent(Target.self, forKey: SeverityKey(.low)) ?? low
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(warningMinutes, forKey: .warningMinutes)
        var targets = container.nestedContainer(keyedBy: SeverityKey.self, forKey: .targets)
        for severity in Severity.allCases {
            try targets.encode(target(for: severity), forKey: SeverityKey(severity))
        }
    }

    private struct SeverityKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(_ severity: Severity) { stringValue = severity.rawValue }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { return nil }
    }
}
