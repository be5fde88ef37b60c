import Domain
import Store

/// The shapes that stand under `components` of the document.
enum Schemas {
    static let all: [String: Schema] = [
        "Problem": problem, "User": user, "Session": session, "Company": company, "Integration": integration,
        "Asset": asset, "MaintenanceWindow": maintenanceWindow, "Alert": alert, "Incident": incident,
        "TimelineEntry": timelineEntry, "AuditEntry": auditEntry, "ApiToken": apiToken,
        "ServiceInstance": serviceInstance, "Overview": overview,
    ]

    static let severity = Schema.choice(Severity.allCases.map(\.rawValue))
    static let role = Schema.choice(Role.allCases.map(\.rawValue))
    static let availability = Schema.choice(Availability.allCases.map(\.rawValue))
    static let ids = Schema.list(of: .string())

    private static let problem = Schema.object(
        [
            ("type", .string()), ("title", .string()), ("status", .integer()), ("detail", .string()),
            ("errors", .list(of: .object([("field", .string()), ("message", .string())]))),
        ], optional: ["errors"])

    private static let user = Schema.object(
        [
            ("id", .string()), ("email", .string()), ("name", .string()), ("role", role),
            ("company_ids", ids), ("skills", ids),
            ("availability", availability), ("created_at", .time), ("updated_at", .time), ("version", .integer()),
        ], optional: ["created_at", "updated_at", "version"])

    private static let session = Schema.object([
        ("access_token", .string()), ("refresh_token", .string()), ("token_type", .choice(["Bearer"])),
        ("expires_in", .integer()), ("csrf_token", .string()), ("user", .named("User")),
    ])

    private static let company = Schema.object([
        ("id", .string()), ("name", .string()), ("hmac_enabled", .boolean), ("api_key_prefix", .string()),
        ("rate_limit", CompanySchemas.rateLimit), ("webhook_url", .string()), ("created_at", .time),
        ("updated_at", .time), ("version", .integer()),
    ])

    private static let integration = Schema.object([
        ("id", .string()), ("company_id", .string()), ("name", .string()), ("source", .string()),
        ("auth", CompanySchemas.auth), ("default", .boolean), ("api_key_prefix", .string()), ("enabled", .boolean),
        ("last_seen_at", Schema.time.orNull), ("created_at", .time), ("version", .integer()),
    ])

    private static let asset = Schema.object([
        ("id", .string()), ("company_id", .string()), ("name", .string()), ("kind", .string()),
        ("critical", .boolean), ("instance_id", Schema.string().orNull), ("depends_on", ids), ("created_at", .time),
        ("updated_at", .time), ("version", .integer()),
    ])

    private static let maintenanceWindow = Schema.object([
        ("id", .string()), ("company_id", .string()), ("name", .string()), ("enabled", .boolean),
        ("schedule", CompanySchemas.schedule), ("scope", CompanySchemas.windowScope), ("in_force", .boolean),
        ("next_start", Schema.time.orNull), ("created_by", .string()), ("created_at", .time), ("updated_at", .time),
        ("version", .integer()),
    ])

    private static let fate = Schema.object([
        ("kind", .choice(Fate.Kind.allCases.map(\.rawValue))), ("reason", .string()), ("explanation", .string()),
        ("incident_id", Schema.string().orNull), ("decided_at", .time),
    ])

    private static let alert = Schema.object([
        ("id", .string(format: "uuid")), ("company_id", .string()), ("incident_id", Schema.string().orNull),
        ("integration_id", .string()), ("identity", .string()), ("event", .choice(["firing", "resolved"])),
        ("state", .choice(AlertRecord.State.allCases.map(\.rawValue))), ("asset", .string()),
        ("signature", .string()), ("severity", severity), ("original_severity", .string()), ("message", .string()),
        ("tool_source", .string()), ("labels", .map(of: .string())), ("links", ids), ("event_at", .time),
        ("received_at", .time), ("fate", fate.orNull), ("fates", .list(of: fate)),
    ])

    private static let incident = Schema.object([
        ("id", .string()), ("company_id", .string()), ("title", .string()), ("signature", .string()),
        ("status", .choice(IncidentStatus.allCases.map(\.rawValue))), ("severity", severity),
        (
            "priority",
            .object([
                ("score", .number),
                (
                    "parts",
                    .list(of: .object([("name", .string()), ("points", .number), ("why", .string())]))
                ),
            ])
        ),
        ("alert_count", .integer()), ("asset_count", .integer()), ("assets", ids), ("tool_sources", ids),
        ("assigned_to", Schema.string().orNull), ("assigned_at", Schema.time.orNull),
        ("acknowledged_at", Schema.time.orNull), ("acknowledged_by", Schema.string().orNull),
        ("escalation_level", .integer(1...3)), ("escalation_reason", Schema.string().orNull),
        (
            "sla",
            .object([
                ("response_due", .time), ("response_met", Schema.boolean.orNull), ("resolution_due", .time),
                ("resolution_met", Schema.boolean.orNull), ("paused", .boolean),
            ])
        ),
        ("insight", Schema.anyObject.orNull), ("flapping", .boolean), ("merged_into", Schema.string().orNull),
        ("created_at", .time), ("updated_at", .time), ("resolved_at", Schema.time.orNull),
        ("resolved_by", Schema.string().orNull), ("resolution_notes", Schema.string().orNull),
        ("version", .integer()),
    ])

    private static let actor = Schema.object([
        ("kind", .string()), ("id", Schema.string().orNull), ("name", Schema.string().orNull),
    ])

    private static let timelineEntry = Schema.object([
        ("id", .string()), ("at", .time), ("kind", .string()), ("actor", actor), ("summary", .string()),
        ("reason", Schema.string().orNull), ("internal", .boolean), ("data", .anyObject),
    ])

    private static let auditEntry = Schema.object([
        ("id", .string()), ("company_id", .string()), ("at", .time), ("action", .string()), ("actor", actor),
        ("subject_kind", .string()), ("subject_id", .string()), ("incident_id", Schema.string().orNull),
        ("summary", .string()), ("reason", Schema.string().orNull), ("internal", .boolean), ("data", .anyObject),
    ])

    private static let apiToken = Schema.object([
        ("id", .string()), ("name", .string()), ("scopes", ids), ("expires_at", Schema.time.orNull),
        ("created_at", .time),
    ])

    private static let serviceInstance = Schema.object([
        ("id", .string()), ("service", .string()), ("host", .string()), ("pid", .integer()), ("version", .string()),
        ("started_at", .time), ("heartbeat_at", .time),
    ])

    private static let overview = Schema.object([
        ("alerts", .integer()), ("incidents", .integer()), ("resolved", .integer()),
        ("resolved_percent", Schema.number.orNull), ("noise_reduction_percent", Schema.number.orNull),
        ("mean_time_to_acknowledge_s", Schema.number.orNull), ("mean_time_to_resolve_s", Schema.number.orNull),
        ("sla_response_percent", Schema.number.orNull), ("sla_resolution_percent", Schema.number.orNull),
    ])
}
