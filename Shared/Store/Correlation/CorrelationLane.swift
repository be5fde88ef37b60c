import Domain
import Postgres

/// A company's lane, held: what a decision reads, and where it is applied. Lives as long as the transaction that locked
/// it.
public struct CorrelationLane: Sendable {
    public let companyID: CompanyID
    /// Read after the lock was taken.
    public let now: Timestamp
    public let policy: CompanyPolicy
    let transaction: any Querying

    /// Locks the lane, waiting for its holder.
    ///
    /// - Returns: Nil when there is no such company (any more).
    public static func lock(_ companyID: CompanyID, in transaction: some Querying) async throws -> CorrelationLane? {
        guard try await transaction.first(LockLane(companyID: companyID)) != nil,
            let now = try await transaction.first(ReadClock()),
            let policy = try await transaction.first(ReadCompanyPolicy(companyID: companyID))
        else { return nil }
        return CorrelationLane(companyID: companyID, now: now, policy: policy, transaction: transaction)
    }

    /// Alerts without a fate, in event order.
    public func pendingAlerts(limit: Int) async throws -> [StoredPendingAlert] {
        try await transaction.query(ReadPendingAlerts(companyID: companyID, limit: limit))
    }

    /// Gives the first alert that waits the fate `undecidable`, so that those behind it are decided.
    ///
    /// - Returns: Its id; empty when none waits.
    public func setAsideFirst() async throws -> [AlertID] {
        let stored = try await pendingAlerts(limit: 1)
        guard !stored.isEmpty else { return [] }
        let fates = stored.map { _ in Fate(kind: .noted, reason: .undecidable) }
        _ = try await transaction.execute(WriteFates(companyID: companyID, alerts: stored, fates: fates, now: now))
        return stored.map(\.alert.id)
    }

    /// What a decision about these alerts reads. Makes the assets that are new.
    public func context(for alerts: [PendingAlert]) async throws -> CorrelationContext {
        var context = CorrelationContext(policy: policy.correlation)
        let names = Array(Set(alerts.map(\.asset)))
        for facts in try await transaction.query(ReadAssetFacts(companyID: companyID, names: names)) {
            context.assets[facts.name] = facts
        }
        let fresh = names.filter { context.assets[$0] == nil }.sorted()
        if !fresh.isEmpty {
            _ = try await transaction.execute(InsertAssets(companyID: companyID, names: fresh, now: now))
        }
        context.windows = try await transaction.query(ReadWindows(companyID: companyID))
        let identities = Array(Set(alerts.map(\.identity)))
        for state in try await transaction.query(ReadIdentities(companyID: companyID, identities: identities)) {
            context.identities[state.identity] = state
        }
        let keys = Set(
            alerts.flatMap { alert in
                [
                    CorrelationKey(
                        policy: policy.correlation.key, asset: alert.asset, signature: alert.signature,
                        tool: alert.toolSource),
                    .rollUp(signature: alert.signature),
                ]
            })
        for owned in try await transaction.query(ReadKeyOwners(companyID: companyID, keys: keys.map(\.text))) {
            context.keys[owned.key] = owned.owner
        }
        let named = Set(context.keys.values).union(context.identities.values.compactMap(\.incidentID))
        let rollsUp = policy.correlation.rollUp && policy.correlation.key != .signature
        let earliest = alerts.map(\.eventAt).min() ?? now
        let upstream =
            policy.correlation.dependency
            ? Set(context.assets.keys).subtracting(names).union(context.assets.values.flatMap(\.dependsOn)) : []
        let reach = AssetReach(alerts: alerts, upstream: upstream, context: context)
        try await loadIncidents(
            into: &context, ids: named, signatures: rollsUp ? Set(alerts.map(\.signature)) : [],
            since: earliest - policy.correlation.window, upstream: upstream
        ) { incident in incident.isRolledUp ? reach.assets(of: incident.id) : nil }
        return context
    }

    /// What a decision about these incidents reads, with all of their assets.
    public func context(forIncidents ids: Set<IncidentID>) async throws -> CorrelationContext {
        var context = CorrelationContext(policy: policy.correlation)
        context.windows = try await transaction.query(ReadWindows(companyID: companyID))
        try await loadIncidents(
            into: &context, ids: ids, signatures: [], since: now, upstream: [], assets: { _ in nil })
        return context
    }

    /// - Parameter assets: Which assets of an incident to read; nil: all.
    private func loadIncidents(
        into context: inout CorrelationContext, ids: Set<IncidentID>, signatures: Set<String>, since: Timestamp,
        upstream: Set<String>, assets: (IncidentState) -> Set<String>?
    ) async throws {
        let incidents = try await transaction.query(
            ReadIncidentStates(
                companyID: companyID, ids: ids.map(\.rawValue), signatures: Array(signatures), signatureSince: since,
                assets: Array(upstream)))
        guard !incidents.isEmpty else { return }
        var read = ReadIncidentAssets(companyID: companyID, whole: [], pairs: [])
        for incident in incidents {
            context.incidents[incident.id] = incident
            if let some = assets(incident) {
                read.pairs += some.map { (incident.id, $0) }
            } else {
                read.whole.append(incident.id)
            }
        }
        for row in try await transaction.query(read) {
            context.incidents[row.incident]?.assets[row.asset] = row.state
        }
    }
}
