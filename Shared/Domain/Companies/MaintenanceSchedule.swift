/// When a maintenance window is in force: once, or again and again.
///
/// In JSON the fields tell which: `{starts_at, ends_at}`, or those of ``MaintenanceRecurrence``.
public enum MaintenanceSchedule: Sendable, Equatable {
    /// From `startsAt` up to, not including, `endsAt`.
    case oneOff(startsAt: Timestamp, endsAt: Timestamp)
    case recurring(MaintenanceRecurrence)

    /// The occurrence that is in force at an instant; the one that ends last when several overlap. It includes its
    /// start and not its end.
    public func occurrence(containing instant: Timestamp) -> (start: Timestamp, end: Timestamp)? {
        switch self {
        case .oneOff(let start, let end): start <= instant && instant < end ? (start, end) : nil
        case .recurring(let recurrence): recurrence.occurrence(containing: instant)
        }
    }

    /// The first occurrence that starts after an instant; nil when there is none (within 400 days).
    public func nextOccurrence(after instant: Timestamp) -> (start: Timestamp, end: Timestamp)? {
        switch self {
        case .oneOff(let start, let end): start > instant && start < end ? (start, end) : nil
        case .recurring(let recurrence): recurrence.nextOccurrence(after: instant)
        }
    }

    /// What is wrong with it, by field.
    public var problems: [FieldProblem] {
        switch self {
        case .oneOff(let start, let end):
            start < end ? [] : [FieldProblem("schedule.ends_at", "must be later than starts_at")]
        case .recurring(let recurrence): recurrence.problems
        }
    }
}

extension MaintenanceSchedule: Codable {
    enum CodingKeys: String, CodingKey {
        case startsAt = "starts_at"
        case endsAt = "ends_at"
        case frequency
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if container.contains(.frequency) {
            self = .recurring(try MaintenanceRecurrence(from: decoder))
        } else {
            self = .oneOff(
                startsAt: try container.decode(Timestamp.self, forKey: .startsAt),
                endsAt: try container.decode(Timestamp.self, forKey: .endsAt))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .oneOff(let start, let end):
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(start, forKey: .startsAt)
            try container.encode(end, forKey: .endsAt)
        case .recurring(let recurrence): try recurrence.encode(to: encoder)
        }
    }
}
