import Domain
import Store

/// What a viewer of a role is shown: the one place for answers and for the live stream.
public struct Projection: Sendable {
    private let role: Role

    public init(for role: Role) {
        self.role = role
    }

    /// An incident as `GET /api/incidents/{id}` shows it, the same for every role.
    public func incident(_ incident: IncidentRecord, now: Timestamp) throws -> JSONValue {
        [
            "id": .string(incident.id.rawValue), "company_id": .string(incident.companyID.rawValue),
            "title": .string(incident.title), "signature": .string(incident.signature),
            "status": .string(incident.status.rawValue), "severity": .string(incident.severity.rawValue),
            "priority": priority(incident.priority(now: now)), "alert_count": .integer(incident.alertCount),
            "asset_count": .integer(incident.assetCount), "assets": .strings(incident.assets),
            "tool_sources": .strings(incident.toolSources),
            "assigned_to": .optional(incident.assignedTo?.rawValue),
            "assigned_at": .optional(incident.assignedAt?.rfc3339),
            "acknowledged_at": .optional(incident.acknowledgedAt?.rfc3339),
            "acknowledged_by": .optional(incident.acknowledgedBy),
            "escalation_level": .integer(incident.escalationLevel),
            "escalation_reason": .optional(incident.escalationReason),
            "sla": ServiceLevelView(incident, now: now).json,
            "insight": try incident.insight.map { try JSONValue(encoding: $0) } ?? .null,
            "flapping": .bool(incident.isFlapping), "merged_into": .optional(incident.mergedInto?.rawValue),
            "created_at": .string(incident.openedAt.rfc3339), "updated_at": .string(incident.updatedAt.rfc3339),
            "resolved_at": .optional(incident.resolvedAt?.rfc3339),
            "resolved_by": .optional(incident.resolvedBy),
            "resolution_notes": .optional(incident.resolutionNotes), "version": .integer(Int(incident.version)),
        ]
    }

    private func priority(_ score: PriorityScore) -> JSONValue {
        let parts = score.parts.map { part -> JSONValue in
            ["name": .string(part.name), "points": .number(part.points), "why": .string(part.why)]
        }
        return ["score": .number(score.score), "parts": .array(parts)]
    }

    /// An alert as `GET /api/alerts/{id}` shows it, the same for every role.
    public func alert(_ alert: AlertRecord) -> JSONValue {
        let fates = alert.fates.map { fate -> JSONValue in
            [
                "kind": .string(fate.kind), "reason": .string(fate.reason),
                "explanation": .string(fate.explanation), "incident_id": .optional(fate.incidentID?.rawValue),
                "decided_at": .string(fate.decidedAt.rfc3339),
            ]
        }
        return [
            "id": .string(alert.id.rawValue.uuidString.lowercased()),
            "company_id": .string(alert.companyID.rawValue),
            "incident_id": .optional(alert.fates.last?.incidentID?.rawValue),
            "integration_id": .string(alert.integrationID.rawValue), "identity": .string(alert.dedupKey),
            "event": .string(alert.event), "state": .string(alert.state.rawValue), "asset": .string(alert.asset),
            "signature": .string(alert.signature), "severity": .string(alert.severity),
            "original_severity": .string(alert.originalSeverity), "message": .string(alert.message),
            "tool_source": .string(alert.toolSource), "labels": alert.labels, "links": alert.links,
            "event_at": .string(alert.eventAt.rfc3339), "received_at": .string(alert.receivedAt.rfc3339),
            "fate": fates.last ?? .null, "fates": .array(fates),
        ]
    }

    /// A row of an incident's timeline; nil when it is not for them.
    ///
    /// Clients see what happened and why. Internal rows are not for them, and of the data only what is theirs to know.
    public func timelineEntry(_ row: JournalView) -> JSONValue? {
        if role.isClient, row.isInternal { return nil }
        let data = role.isClient ? clientData(row.data) : row.data
        return [
            "id": .string(String(row.sequence)), "at": .string(row.at.rfc3339), "kind": .string(row.kind),
            "actor": actor(row), "summary": .string(row.summary), "reason": .optional(row.reason),
            "internal": .bool(row.isInternal), "data": data,
        ]
    }

    /// Facts of a journal row that clients may know.
    private static let clientFacts: Set<String> = [
        "change", "text", "before", "after", "count", "still_firing", "merged", "merged_into",
    ]

    private func clientData(_ data: JSONValue) -> JSONValue {
        .object((data.object ?? [:]).filter { Self.clientFacts.contains($0.key) })
    }

    /// Who acted: a kind, and for people their id and name. Never an e-mail address.
    private func actor(_ row: JournalView) -> JSONValue {
        let parts = row.actor.split(separator: ":", maxSplits: 1).map(String.init)
        return [
            "kind": .string(parts.first ?? "anonymous"), "id": .optional(parts.count > 1 ? parts[1] : nil),
            "name": .optional(row.actorName),
        ]
    }

    /// A row of the audit log; nil when it is not for them.
    public func auditEntry(_ row: JournalView) -> JSONValue? {
        guard Set<Role>.administrators.contains(role), !(role.isClient && row.isInternal) else { return nil }
        return [
            "id": .string(String(row.sequence)), "company_id": .string(row.companyID.rawValue),
            "at": .string(row.at.rfc3339), "action": .string(row.kind), "actor": actor(row),
            "subject_kind": .string(row.subjectKind), "subject_id": .string(row.subjectID),
            "incident_id": .optional(row.incidentID?.rawValue), "summary": .string(row.summary),
            "reason": .optional(row.reason), "internal": .bool(row.isInternal), "data": row.data,
        ]
    }
}
