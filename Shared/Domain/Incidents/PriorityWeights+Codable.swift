extension PriorityWeights: Codable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case critical, high, medium, low
        case criticalAsset = "critical_asset"
        case perAlert = "per_alert"
        case perAlertMaximum = "per_alert_maximum"
        case multiTool = "multi_tool"
        case ageDecayPerHour = "age_decay_per_hour"
        case ageDecayMaximum = "age_decay_maximum"
    }

    private static func path(of key: CodingKeys) -> WritableKeyPath<PriorityWeights, Double> {
        switch key {
        case .critical: \.critical
        case .high: \.high
        case .medium: \.medium
        case .low: \.low
        case .criticalAsset: \.criticalAsset
        case .perAlert: \.perAlert
        case .perAlertMaximum: \.perAlertMaximum
        case .multiTool: \.multiTool
        case .ageDecayPerHour: \.ageDecayPerHour
        case .ageDecayMaximum: \.ageDecayMaximum
        }
    }

    /// What is left out has its default.
    public init(from decoder: any Decoder) throws {
        self.init()
        let container = try decoder.container(keyedBy: CodingKeys.self)
        for key in CodingKeys.allCases {
            if let value = try container.decodeIfPresent(Double.self, forKey: key) {
                self[keyPath: Self.path(of: key)] = value
            }
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        for key in CodingKeys.allCases { try container.encode(self[keyPath: Self.path(of: key)], forKey: key) }
    }

    /// What a person has to mend before they can be saved, by field: each must be 0 to 1000.
    public var problems: [FieldProblem] {
        CodingKeys.allCases.compactMap { key in
            let value = self[keyPath: Self.path(of: key)]
            return (0...1000).contains(value) ? nil : FieldProblem(key.rawValue, "must be 0 to 1000")
        }
    }
}
