import Domain
import Foundation
import Postgres

/// How many alerts a company may send.
public struct RateLimitSettings: Sendable, Equatable, Codable {
    /// 1–10,000,000.
    public var perMinute: Int
    /// How many may come at once, 1–10,000,000.
    public var burst: Int

    public init(perMinute: Int = 60, burst: Int = 120) {
        self.perMinute = perMinute
        self.burst = burst
    }

    enum CodingKeys: String, CodingKey {
        case perMinute = "per_minute"
        case burst
    }
}

/// Who gets new incidents.
public struct AssignmentSettings: Sendable, Equatable, Codable {
    /// New incidents are assigned by themselves.
    public var autoAssign = false

    public init() {}

    enum CodingKeys: String, CodingKey {
        case autoAssign = "auto_assign"
    }
}

/// What people of the company hear of.
public struct NotificationSettings: Sendable, Equatable, Codable {
    /// Less severe incidents tell nobody.
    public var minimumSeverity = Severity.low

    public init() {}

    enum CodingKeys: String, CodingKey {
        case minimumSeverity = "minimum_severity"
    }
}

/// All settings of a company that stand in its row, complete and checked.
public struct CompanySettings: Sendable, Equatable {
    public var rateLimit = RateLimitSettings()
    public var correlation = CorrelationPolicy()
    public var sla = ServiceLevelPolicy()
    public var assignment = AssignmentSettings()
    public var notifications = NotificationSettings()
    public var priority = PriorityWeights()

    public init() {}

    /// A section that can't be read has its defaults.
    public init(_ company: CompanyRecord) {
        rateLimit = company.rateLimit
        correlation = SettingsForm.read(company.correlation, default: CorrelationPolicy())
        sla = SettingsForm.read(company.sla, default: ServiceLevelPolicy())
        assignment = SettingsForm.read(company.assignment, default: AssignmentSettings())
        notifications = SettingsForm.read(company.notifications, default: NotificationSettings())
        priority = SettingsForm.read(company.priority, default: PriorityWeights())
    }

    /// Adds the rates and the five sections as parameters, in the order of the table.
    func bind(_ bindings: inout Bindings) {
        bindings.int4(Int32(clamping: rateLimit.perMinute))
        bindings.int4(Int32(clamping: rateLimit.burst))
        bindings.jsonb(JournalDraft.json(correlation))
        bindings.jsonb(JournalDraft.json(sla))
        bindings.jsonb(JournalDraft.json(assignment))
        bindings.jsonb(JournalDraft.json(notifications))
        bindings.jsonb(JournalDraft.json(priority))
    }
}

/// Reads settings of which fields may be left out.
enum SettingsForm {
    static func read<Value: Codable>(_ stored: JSONValue, default fallback: Value) -> Value {
        (try? changed(fallback, by: stored)) ?? fallback
    }

    /// The value with the given fields changed.
    ///
    /// - Throws: ``StoreRefusal/invalid(_:)`` naming the field that is of the wrong type.
    static func changed<Value: Codable>(_ value: Value, by changes: JSONValue) throws -> Value {
        guard case .object = changes else {
            throw StoreRefusal.invalid([FieldProblem("", "must be an object")])
        }
        let merged = try JSONValue(encoding: value).merging(changes)
        do {
            return try JSONDecoder().decode(Value.self, from: Data(merged.bytes))
        } catch let error as DecodingError {
            throw StoreRefusal.invalid([FieldProblem(error)])
        }
    }
}

extension FieldProblem {
    /// The field that a decoder stumbled over.
    public init(_ error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context):
            self.init(Self.path(context.codingPath + [key]), "is missing")
        case .typeMismatch(let type, let context):
            self.init(Self.path(context.codingPath), "must be \(Self.name(of: type))")
        case .valueNotFound(_, let context):
            self.init(Self.path(context.codingPath), "must not be null")
        case .dataCorrupted(let context):
            let isOurs = context.debugDescription.hasPrefix("must ")
            self.init(
                Self.path(context.codingPath), isOurs ? context.debugDescription : "has a value that is not allowed")
        @unknown default:
            self.init("", "can't be read")
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce("") { path, key in
            if let index = key.intValue { return path + "[\(index)]" }
            return path.isEmpty ? key.stringValue : path + "." + key.stringValue
        }
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is Int.Type: "a whole number"
        case is Double.Type: "a number"
        case is [String: Any].Type: "an object"
        default: "of another type"
        }
    }
}
