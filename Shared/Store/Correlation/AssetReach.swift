import Domain

/// Which assets of rolled-up incidents a decision about a batch can read or change.
///
/// A rolled-up incident may have thousands of assets, and a batch speaks of few of them. An alert reaches an incident by
/// its identity, by its key, by the roll-up of its signature, or because its asset depends on one that the incident holds;
/// what alerts of the same batch change on the way (identities and keys that move) keeps to the same asset, except in the
/// cases that are read for every incident.
struct AssetReach {
    private var everywhere: Set<String>
    private var single: [IncidentID: Set<String>] = [:]

    /// - Parameters:
    ///   - upstream: Assets that those of the batch depend on.
    ///   - context: With assets, identities and keys.
    init(alerts: [PendingAlert], upstream: Set<String>, context: CorrelationContext) {
        everywhere = upstream
        let policy = context.policy
        // A key without an asset leads alerts of any asset to an incident that claimed it a moment before.
        guard policy.key != .signature else {
            everywhere.formUnion(alerts.map(\.asset))
            return
        }
        var assetOfIdentity: [AlertIdentity: String] = [:]
        for alert in alerts {
            if context.assets[alert.asset]?.dependsOn.isEmpty == false { everywhere.insert(alert.asset) }
            // An identity that speaks of several assets leads the second to where the first brought it.
            if let other = assetOfIdentity.updateValue(alert.asset, forKey: alert.identity), other != alert.asset {
                everywhere.formUnion([alert.asset, other])
            }
            let key = CorrelationKey(
                policy: policy.key, asset: alert.asset, signature: alert.signature, tool: alert.toolSource)
            for incident in [
                context.keys[key], context.keys[.rollUp(signature: alert.signature)],
                context.identities[alert.identity]?.incidentID,
            ] {
                if let incident { single[incident, default: []].insert(alert.asset) }
            }
        }
    }

    /// Of one rolled-up incident.
    func assets(of incident: IncidentID) -> Set<String> {
        single[incident].map { everywhere.union($0) } ?? everywhere
    }
}
