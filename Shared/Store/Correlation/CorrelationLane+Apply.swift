import Domain
import Postgres

extension CorrelationLane {
    /// Stores a decision with its timers and journal rows, in the lane's transaction.
    ///
    /// - Parameters:
    ///   - alerts: Those whose fates the decision holds, in the same order; empty for a timer or a person's action.
    ///   - actor: Who caused it.
    /// - Returns: The journal entries, to be published after the commit.
    public func apply(
        _ decision: CorrelationDecision, alerts: [StoredPendingAlert] = [], actor: Actor
    ) async throws -> [JournalEntry] {
        let incidents = decision.incidents.values.sorted { $0.id < $1.id }
        if !incidents.isEmpty {
            _ = try await transaction.execute(
                WriteIncidents(companyID: companyID, incidents: incidents, weights: policy.priority, now: now))
            if !decision.changedAssets.isEmpty {
                _ = try await transaction.execute(
                    WriteIncidentAssets(
                        companyID: companyID, incidents: incidents, changed: decision.changedAssets))
            }
        }
        if !decision.identities.isEmpty {
            _ = try await transaction.execute(
                WriteIdentities(companyID: companyID, identities: Array(decision.identities.values)))
        }
        if !decision.keys.isEmpty {
            let keys = decision.keys.map { (key: $0.key, owner: $0.value) }
            _ = try await transaction.execute(WriteKeys(companyID: companyID, keys: keys))
        }
        if !alerts.isEmpty {
            _ = try await transaction.execute(
                WriteFates(companyID: companyID, alerts: alerts, fates: decision.fates.map(\.fate), now: now))
        }
        try await applyMerges(decision)
        if !decision.releasedKeys.isEmpty {
            _ = try await transaction.execute(
                ReleaseKeys(companyID: companyID, incidentIDs: decision.releasedKeys))
        }
        if !decision.quietedFlapping.isEmpty {
            _ = try await transaction.execute(
                QuietFlapping(companyID: companyID, incidentIDs: decision.quietedFlapping))
        }
        if !decision.timers.isEmpty {
            _ = try await transaction.execute(WriteTimers(companyID: companyID, changes: decision.timers))
        }
        let drafts = CorrelationJournal(companyID: companyID, actor: actor, alerts: alerts).drafts(for: decision)
        return try await Journal.append(drafts, in: transaction, now: now)
    }

    private func applyMerges(_ decision: CorrelationDecision) async throws {
        guard !decision.merges.isEmpty else { return }
        let pairs = decision.merges.map { (source: $0.source, target: $0.target) }
        _ = try await transaction.execute(MoveMergedKeys(companyID: companyID, merges: pairs))
        _ = try await transaction.execute(
            MoveMergedAlerts(companyID: companyID, merges: decision.merges, now: now))
        _ = try await transaction.execute(MoveMergedWork(companyID: companyID, merges: pairs))
    }
}
