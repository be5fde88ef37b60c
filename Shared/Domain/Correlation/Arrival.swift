/// One alert of a batch while it is decided, with what the rules ask of it again and again.
struct Arrival {
    let alert: PendingAlert
    /// In the batch.
    let position: Int
    /// What was known of its identity before it.
    let known: IdentityState?
    /// When it counts as happening: its event time, or now when a maintenance window releases it.
    let moment: Timestamp
    /// What the policy groups it by.
    let key: CorrelationKey

    init(_ alert: PendingAlert, at position: Int, known: IdentityState?, policy: CorrelationPolicy, now: Timestamp) {
        self.alert = alert
        self.position = position
        self.known = known
        moment = alert.moment(now: now)
        key = CorrelationKey(
            policy: policy.key, asset: alert.asset, signature: alert.signature, tool: alert.toolSource)
    }

    /// The identity as the alert leaves it: new, or the known one with what the alert says. Nothing is decided by that.
    var identity: IdentityState {
        var identity =
            known
            ?? IdentityState(
                identity: alert.identity, asset: alert.asset, signature: alert.signature, tool: alert.toolSource,
                kind: alert.kind, severity: alert.severity, lastEventAt: alert.eventAt)
        identity.asset = alert.asset
        identity.signature = alert.signature
        identity.tool = alert.toolSource
        identity.kind = alert.kind
        identity.severity = alert.severity
        // A released alert is not the newest event: a recovery that is on its way must not count as older.
        identity.lastEventAt = max(identity.lastEventAt, alert.eventAt)
        if alert.kind == .firing {
            identity.lastFiringAlert = alert.id
        } else {
            identity.lastResolvedAt = alert.eventAt
        }
        return identity
    }

    /// Its identity was firing before it.
    var wasFiring: Bool { known?.kind == .firing }
}
