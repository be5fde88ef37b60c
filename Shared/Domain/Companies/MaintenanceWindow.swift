/// A time in which a company expects alerts and wants no incidents of them.
///
/// Firing alerts in it are kept and stay quiet; recoveries pass; at its end whatever still fires is decided again.
public struct MaintenanceWindow: Sendable, Equatable, Codable {
    public var id: WindowID
    /// 1–200 characters, shown as the reason.
    public var name: String
    /// A window that is switched off keeps nothing quiet, whatever its schedule.
    public var isEnabled: Bool
    public var schedule: MaintenanceSchedule
    public var scope: MaintenanceScope

    public init(
        id: WindowID, name: String, isEnabled: Bool = true, schedule: MaintenanceSchedule,
        scope: MaintenanceScope = MaintenanceScope()
    ) {
        self.id = id
        self.name = name
        self.isEnabled = isEnabled
        self.schedule = schedule
        self.scope = scope
    }

    enum CodingKeys: String, CodingKey {
        case id, name
        case isEnabled = "enabled"
        case schedule, scope
    }

    /// `enabled` left out means true, `scope` left out the whole company.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(WindowID.self, forKey: .id)
        name = try container.decode(String.self, forKey: .name)
        isEnabled = try container.decodeIfPresent(Bool.self, forKey: .isEnabled) ?? true
        schedule = try container.decode(MaintenanceSchedule.self, forKey: .schedule)
        scope = try container.decodeIfPresent(MaintenanceScope.self, forKey: .scope) ?? MaintenanceScope()
    }

    /// The occurrence in force at an instant, by its schedule alone: whether it is switched on is not asked.
    /// Includes its start and not its end; when occurrences overlap, the one that ends last.
    public func occurrence(containing instant: Timestamp) -> (start: Timestamp, end: Timestamp)? {
        schedule.occurrence(containing: instant)
    }

    /// The first occurrence that starts after an instant, by its schedule alone; nil when there is none within 400 days.
    public func nextOccurrence(after instant: Timestamp) -> (start: Timestamp, end: Timestamp)? {
        schedule.nextOccurrence(after: instant)
    }

    /// Whether its scope covers an alert, whatever the time.
    public func matches(asset: String, signature: String, labels: [String: String]) -> Bool {
        scope.matches(asset: asset, signature: signature, labels: labels)
    }

    /// What a person has to mend before it can be saved, by field; empty when it is right.
    public var problems: [FieldProblem] {
        let named = (1...200).contains(name.count) ? [] : [FieldProblem("name", "must be 1 to 200 characters")]
        return named + schedule.problems + scope.problems
    }
}
