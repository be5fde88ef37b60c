import Domain
import Store

/// The shapes of a company's settings and of what belongs to it.
enum CompanySchemas {
    static let auth = Schema.choice(
        ["hmac", "bearer", "secret_url"],
        "hmac: key and signature; bearer: key in a header; secret_url: key anywhere, also in the address.")
    static let sources = ["generic", "prometheus"]

    static let security = Schema.object([("hmac_enabled", .boolean)])
    static let rateLimit = Schema.object([
        ("per_minute", .integer(1...10_000_000)), ("burst", .integer(1...10_000_000)),
    ])
    static let correlation = Schema.object([
        ("window_minutes", .integer(5...15)),
        ("key", .choice(CorrelationPolicy.Key.allCases.map(\.rawValue))), ("roll_up", .boolean),
        ("roll_up_min_assets", .integer(2...100)), ("dependency", .boolean), ("flapping", .boolean),
        ("flapping_transitions", .integer(2...20)), ("auto_resolve", .boolean),
        ("auto_resolve_hold_seconds", .integer(0...3600)), ("reopen_window_minutes", .integer(0...1440)),
        ("ai_enhanced", .boolean),
    ])
    private static let target = Schema.object([
        ("response_minutes", .integer(1...525_600)), ("resolution_minutes", .integer(1...525_600)),
    ])
    static let sla = Schema.object([
        ("targets", .object(Severity.allCases.map { ($0.rawValue, target) })), ("warning_minutes", .integer(0...1440)),
    ])
    static let assignment = Schema.object([("auto_assign", .boolean)])
    static let notifications = Schema.object([("minimum_severity", Schemas.severity)])
    static let priority = Schema.object(
        [
            "critical", "high", "medium", "low", "critical_asset", "per_alert", "per_alert_maximum", "multi_tool",
            "age_decay_per_hour", "age_decay_maximum",
        ].map { ($0, Schema(["type": "number", "minimum": 0, "maximum": 1000])) })

    static func section(_ section: SettingsSection) -> Schema {
        switch section {
        case .security: security
        case .rateLimit: rateLimit
        case .correlation: correlation
        case .sla: sla
        case .assignment: assignment
        case .notifications: notifications
        case .priority: priority
        }
    }

    static func example(_ section: SettingsSection) -> JSONValue {
        switch section {
        case .security: ["hmac_enabled": true]
        case .rateLimit: ["per_minute": 600, "burst": 1200]
        case .correlation: ["window_minutes": 10, "roll_up": true]
        case .sla: ["targets": ["critical": ["response_minutes": 15, "resolution_minutes": 120]]]
        case .assignment: ["auto_assign": true]
        case .notifications: ["minimum_severity": "medium"]
        case .priority: ["critical_asset": 30]
        }
    }

    /// The section with every field free to be left out.
    static func changes(_ section: SettingsSection) -> Schema {
        guard var fields = Self.section(section).json.object else { return .anyObject }
        fields["required"] = nil
        if section == .sla, let properties = fields["properties"] {
            let free = Schema.changes(Severity.allCases.map { ($0.rawValue, .changes(targetFields)) })
            fields["properties"] = properties.merging(["targets": .null]).merging(["targets": free.json])
        }
        return Schema(.object(fields))
    }

    private static let targetFields: [(String, Schema)] = [
        ("response_minutes", .integer(1...525_600)), ("resolution_minutes", .integer(1...525_600)),
    ]

    static let schedule = Schema([
        "oneOf": [
            Schema.object([("starts_at", .time), ("ends_at", .time)]).json,
            Schema.object(
                [
                    ("frequency", .choice(["daily", "weekly", "monthly"])), ("time_zone", .string()),
                    ("weekdays", .list(of: .string())), ("days_of_month", .list(of: .integer(-1...31))),
                    ("start_time", .string()), ("duration_minutes", .integer(1...10_080)),
                    ("starts_on", .string(format: "date")), ("ends_on", .string(format: "date")),
                ], optional: ["weekdays", "days_of_month", "starts_on", "ends_on"]
            ).json,
        ]
    ])
    static let windowScope = Schema.changes([
        ("assets", .list(of: .string(1...255), maximum: 500)),
        ("signatures", .list(of: .string(1...255), maximum: 500)), ("labels", .map(of: .string())),
    ])
}
