import Domain

/// What the journal says of a decision: one row for each change of an incident.
struct CorrelationJournal {
    var companyID: CompanyID
    var actor: Actor
    /// Alert id → trace of the request that brought it, for those that have one.
    private let traces: [String: String]

    init(companyID: CompanyID, actor: Actor, alerts: [StoredPendingAlert]) {
        self.companyID = companyID
        self.actor = actor
        traces = Dictionary(
            alerts.filter { !$0.trace.isEmpty }.map { ($0.alert.id.rawValue.uuidString.lowercased(), $0.trace) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    func drafts(for decision: CorrelationDecision) -> [JournalDraft] {
        decision.actions.map { draft(for: $0, in: decision) }
    }

    private func draft(for action: CorrelationAction, in decision: CorrelationDecision) -> JournalDraft {
        func title(_ id: IncidentID) -> String { decision.incidents[id]?.title ?? id.rawValue }
        switch action {
        case .opened(let id, let alert):
            return incident(
                id, "incident.opened", "Opened: \(title(id))", reason: "no_open_incident",
                .init(alertID: alert.rawValue.uuidString.lowercased()))
        case .joined(let id, let count, let reason):
            return incident(
                id, "incident.updated", "\(count) alert(s) joined. \(reason.explanation)", reason: reason.name,
                .init(change: "alerts_joined", count: count))
        case .severityRaised(let id, let from, let to):
            return incident(
                id, "incident.updated", "Severity raised from \(from.rawValue) to \(to.rawValue).",
                reason: "severity_raised", .init(change: "severity", before: from.rawValue, after: to.rawValue))
        case .reopened(let id, let alert):
            return incident(
                id, "incident.reopened", "Reopened: the alert fired again.", reason: "reopened",
                .init(alertID: alert.rawValue.uuidString.lowercased()))
        case .alertsRecovered(let id, let count, let left):
            return incident(
                id, "incident.updated", "\(count) alert(s) recovered, \(left) still firing.", reason: "recovered",
                .init(change: "alerts_recovered", count: count, stillFiring: left))
        case .resolved(let id, let reason):
            return incident(
                id, "incident.resolved", "Resolved by itself: all alerts recovered.", reason: reason.rawValue,
                .init(after: "resolved"))
        case .rolledUp(let id, let merged, let assets):
            return incident(
                id, "incident.updated", "Rolled up: \(assets) assets have the same problem.", reason: "rolled_up",
                .init(change: "rolled_up", count: assets, merged: merged.map(\.rawValue)))
        case .merged(let source, let target):
            return incident(
                source, "incident.merged", "Merged into \(title(target)).", reason: "merged",
                .init(after: "merged", mergedInto: target.rawValue))
        case .startedFlapping(let id, let asset, let signature, let transitions):
            return incident(
                id, "incident.updated", "\(signature) on \(asset) is flapping: \(transitions) turns in the window.",
                reason: "flapping", .init(change: "flapping_started", count: transitions))
        case .stoppedFlapping(let id):
            return incident(
                id, "incident.updated", "No longer flapping.", reason: "quiet", .init(change: "flapping_stopped"))
        case .closed(let id):
            return incident(
                id, "incident.closed", "Closed: the reopen window is over.", reason: "reopen_window_over",
                .init(after: "closed"))
        case .suppressed(let window, let count):
            return JournalDraft(
                companyID: companyID, kind: "maintenance_window.suppressed", actor: actor,
                subjectKind: "maintenance_window", subjectID: window.rawValue,
                summary: "\(count) alert(s) kept quiet.", reason: "maintenance",
                data: JournalDraft.json(Facts(count: count)))
        }
    }

    private func incident(
        _ id: IncidentID, _ kind: String, _ summary: String, reason: String, _ facts: Facts
    ) -> JournalDraft {
        JournalDraft(
            companyID: companyID, kind: kind, actor: actor, subjectKind: "incident", subjectID: id.rawValue,
            incidentID: id, summary: summary, reason: reason, data: JournalDraft.json(facts),
            trace: facts.alertID.flatMap { traces[$0] } ?? "")
    }

    private struct Facts: Encodable {
        var change: String?
        var before: String?
        var after: String?
        var alertID: String?
        var count: Int?
        var stillFiring: Int?
        var merged: [String]?
        var mergedInto: String?

        enum CodingKeys: String, CodingKey {
            case change, before, after
            case alertID = "alert_id"
            case count
            case stillFiring = "still_firing"
            case merged
            case mergedInto = "merged_into"
        }
    }
}
