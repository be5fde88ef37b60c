import Domain
import Foundation

/// A part of a company's settings, as it stands in the path of the API.
public enum SettingsSection: String, Sendable, CaseIterable {
    /// `{hmac_enabled}`: whether requests of the default integration must be signed.
    case security
    case rateLimit = "rate-limit"
    case correlation, sla, assignment, notifications, priority
}

extension CompanySettings {
    /// A section as the API shows it, complete. Nil for `security`, which stands with the default integration.
    public func json(_ section: SettingsSection) throws -> JSONValue? {
        switch section {
        case .security: nil
        case .rateLimit: try JSONValue(encoding: rateLimit)
        case .correlation: try JSONValue(encoding: correlation)
        case .sla: try JSONValue(encoding: sla)
        case .assignment: try JSONValue(encoding: assignment)
        case .notifications: try JSONValue(encoding: notifications)
        case .priority: try JSONValue(encoding: priority)
        }
    }

    /// Changes the fields of a section that are given. Does nothing for `security`.
    ///
    /// - Throws: ``StoreRefusal/invalid(_:)`` naming the fields that are wrong.
    public mutating func change(_ section: SettingsSection, by changes: JSONValue) throws {
        switch section {
        case .security: return
        case .rateLimit: rateLimit = try SettingsForm.changed(rateLimit, by: changes)
        case .correlation: correlation = try SettingsForm.changed(correlation, by: changes)
        case .sla: sla = try SettingsForm.changed(sla, by: changes)
        case .assignment: assignment = try SettingsForm.changed(assignment, by: changes)
        case .notifications: notifications = try SettingsForm.changed(notifications, by: changes)
        case .priority: priority = try SettingsForm.changed(priority, by: changes)
        }
        let problems = problems(section)
        if !problems.isEmpty { throw StoreRefusal.invalid(problems) }
    }

    private func problems(_ section: SettingsSection) -> [FieldProblem] {
        switch section {
        case .security, .assignment, .notifications: []
        case .rateLimit:
            [
                Self.range("per_minute", rateLimit.perMinute, 1...10_000_000),
                Self.range("burst", rateLimit.burst, 1...10_000_000),
            ].compactMap(\.self)
        case .correlation:
            [
                Self.range("window_minutes", correlation.windowMinutes, 5...15),
                Self.range("roll_up_min_assets", correlation.rollUpMinAssets, 2...100),
                Self.range("flapping_transitions", correlation.flappingTransitions, 2...20),
                Self.range("auto_resolve_hold_seconds", correlation.autoResolveHoldSeconds, 0...3600),
                Self.range("reopen_window_minutes", correlation.reopenWindowMinutes, 0...1440),
            ].compactMap(\.self)
        case .sla: sla.problems
        case .priority: priority.problems
        }
    }

    private static func range(_ field: String, _ value: Int, _ allowed: ClosedRange<Int>) -> FieldProblem? {
        allowed.contains(value)
            ? nil : FieldProblem(field, "must be \(allowed.lowerBound) to \(allowed.upperBound)")
    }
}
