import Domain
import Postgres

/// Carries out what people do to incidents: in the company's lane, so that no decision of the engine is lost, and with
/// the journal row and timers in the same transaction.
public struct IncidentCommands: Sendable {
    private let pool: PostgresPool
    private let engine = CorrelationEngine()

    /// - Parameter pool: Of the role `aw_console`, which sees only the companies of the user.
    public init(pool: PostgresPool) {
        self.pool = pool
    }

    /// - Parameter ifMatch: The version that the caller read; nil for whichever it is.
    /// - Returns: The incident's version afterwards, and the journal entries to publish.
    /// - Throws: ``IncidentRefusal`` when the incident's state does not allow it; ``StoreRefusal`` for one that is not
    ///   there (or not visible), a version that is not current, or an assignee who can't be; `PostgresError`.
    public func perform(
        _ command: IncidentCommand, on incidentID: IncidentID, by user: CommandingUser, ifMatch: Int64? = nil
    ) async throws -> Written<Int64> {
        let companies = "{" + user.companies.map { "\"\($0)\"" }.joined(separator: ",") + "}"
        return try await pool.withRetriedTransaction(settings: [(name: "aw.companies", value: companies)]) {
            transaction in
            guard let found = try await read(incidentID, user: user, in: transaction),
                let lane = try await CorrelationLane.lock(found.companyID, in: transaction),
                // Again, now that nobody else changes it.
                var row = try await read(incidentID, user: user, in: transaction)
            else { throw StoreRefusal.notFound("incident") }
            try requireVersion(ifMatch, row.version)
            row.life.id = incidentID
            let step = Step(lane: lane, engine: engine, user: user, transaction: transaction)
            let journal = try await step.perform(command, on: row.life)
            let version = try await read(incidentID, user: user, in: transaction)?.version ?? row.version
            return Written(version, journal: journal)
        }
    }

    private func read(
        _ id: IncidentID, user: CommandingUser, in transaction: some Querying
    ) async throws -> ReadLifeState.Row? {
        try await transaction.first(ReadLifeState(companies: user.companies, incidentID: id))
    }
}

/// One command, in the lane.
private struct Step {
    let lane: CorrelationLane
    let engine: CorrelationEngine
    let user: CommandingUser
    let transaction: Transaction

    func perform(_ command: IncidentCommand, on life: IncidentLifeState) async throws -> [JournalEntry] {
        let now = lane.now
        switch command {
        case .acknowledge:
            let next = try IncidentLifecycle.apply(.acknowledge, to: life, now: now)
            try await write(next, acknowledgedBy: user.id)
            return try await record("incident.acknowledged", life, "Acknowledged by \(user.name).")
        case .assign(let assignee):
            guard let name = try await transaction.first(FindAssignee(companyID: lane.companyID, userID: assignee))
            else {
                throw StoreRefusal.invalid([FieldProblem("user_id", "must be someone who serves this company")])
            }
            try await write(try IncidentLifecycle.apply(.assign(to: assignee), to: life, now: now))
            return try await record(
                "incident.assigned", life, "Assigned to \(name) by \(user.name).",
                facts: Facts(before: life.assignedTo?.rawValue, after: assignee.rawValue))
        case .unassign:
            try await write(try IncidentLifecycle.apply(.unassign, to: life, now: now))
            return try await record(
                "incident.unassigned", life, "\(user.name) took the assignment back.",
                facts: Facts(before: life.assignedTo?.rawValue))
        case .resolve(let notes):
            let next = try IncidentLifecycle.apply(.resolve(by: user.id, notes: notes), to: life, now: now)
            let context = try await lane.context(forIncidents: [life.id])
            let decision = try engine.resolvedByPerson(life.id, by: user.id, context: context, now: now)
            let entries = try await lane.apply(decision, actor: user.actor)
            try await write(next)
            return try await entries
                + record(
                    "incident.resolved", life, "Resolved by \(user.name).", reason: "resolved_by_person",
                    facts: Facts(before: life.status.rawValue, after: "resolved", text: notes))
        case .reopen:
            let next = try IncidentLifecycle.apply(.reopen, to: life, now: now)
            let context = try await lane.context(forIncidents: [life.id])
            let decision = try engine.reopenedByPerson(life.id, context: context, now: now)
            let entries = try await lane.apply(decision, actor: user.actor)
            try await write(next)
            return try await entries
                + record(
                    "incident.reopened", life, "Reopened by \(user.name).", reason: "reopened_by_person",
                    facts: Facts(before: life.status.rawValue, after: next.status.rawValue))
        case .escalate(let reason):
            let next = try IncidentLifecycle.apply(.escalate, to: life, now: now)
            try await write(next, escalationReason: reason)
            return try await record(
                "incident.escalated", life, "Escalated to level \(next.escalationLevel) by \(user.name): \(reason)",
                reason: "escalated_by_person",
                facts: Facts(before: String(life.escalationLevel), after: String(next.escalationLevel), text: reason))
        case .note(let text, let isInternal):
            _ = try IncidentLifecycle.apply(.note(text), to: life, now: now)
            return try await record(
                "incident.noted", life, "Note by \(user.name).", isInternal: isInternal, facts: Facts(text: text))
        case .merge(let target):
            return try await merge(life, into: target)
        }
    }

    private func merge(_ life: IncidentLifeState, into target: IncidentID) async throws -> [JournalEntry] {
        let other = try await transaction.first(ReadLifeState(companies: [lane.companyID], incidentID: target))
        guard var otherLife = other?.life else {
            throw StoreRefusal.invalid([FieldProblem("into", "must be an incident of the same company")])
        }
        otherLife.id = target
        _ = try IncidentLifecycle.apply(.merge(into: otherLife), to: life, now: lane.now)
        let context = try await lane.context(forIncidents: [life.id, target])
        let decision = try engine.merge(source: life.id, target: target, context: context, now: lane.now)
        return try await lane.apply(decision, actor: user.actor)
    }

    private func write(
        _ life: IncidentLifeState, acknowledgedBy: UserID? = nil, escalationReason: String? = nil
    ) async throws {
        _ = try await transaction.execute(
            WriteLifeState(
                companyID: lane.companyID, life: life, acknowledgedBy: acknowledgedBy,
                escalationReason: escalationReason, now: lane.now))
    }

    private struct Facts: Encodable {
        var before: String?
        var after: String?
        var text: String?
    }

    private func record(
        _ kind: String, _ life: IncidentLifeState, _ summary: String, reason: String? = nil,
        isInternal: Bool = false, facts: Facts = Facts()
    ) async throws -> [JournalEntry] {
        let draft = JournalDraft(
            companyID: lane.companyID, kind: kind, actor: user.actor, subjectKind: "incident",
            subjectID: life.id.rawValue, incidentID: life.id, isInternal: isInternal, summary: summary,
            reason: reason, data: JournalDraft.json(facts))
        return try await Journal.append([draft], in: transaction, now: lane.now)
    }
}
