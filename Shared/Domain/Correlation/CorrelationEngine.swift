/// Groups alerts into incidents, and says why.
///
/// Pure: reads no clock, does no I/O, keeps nothing between calls. Everything of one company that a decision needs is in the
/// context; everything that follows from it is in the decision, to be stored in the transaction that loaded the context.
/// Decisions of one company are made one after the other. Does not score, assign or notify.
///
/// Alerts are decided one by one in event order, so that it makes no difference how they were cut into batches.
public struct CorrelationEngine: Sendable {
    private let makeIncidentID: @Sendable (Timestamp) -> IncidentID

    /// - Parameter makeIncidentID: Mints an id for an incident opened at an instant. The engine passes a later instant for
    ///   each further incident of a decision (by a microsecond), so that ids sort in the order of opening.
    public init(
        makeIncidentID: @escaping @Sendable (Timestamp) -> IncidentID = {
            IncidentID(IdentifierMint.text("inc", at: $0))
        }
    ) {
        self.makeIncidentID = makeIncidentID
    }

    /// Decides the fate of a batch of alerts of one company.
    ///
    /// - Parameters:
    ///   - alerts: Accepted alerts in arrival order. They are decided by event time, then receipt, then id (as far as ids
    ///     tell time: those of one microsecond keep the order given).
    ///   - now: The moment of the decision. Timers are set from here; windows are measured in event time.
    /// - Returns: One fate for each alert, in the order given, and everything to store.
    public func decide(alerts: [PendingAlert], context: CorrelationContext, now: Timestamp) -> CorrelationDecision {
        var run = CorrelationRun(context: context, batch: alerts.count, now: now, makeIncidentID: makeIncidentID)
        for position in EventOrder.positions(of: alerts, now: now) {
            run.decide(alerts[position], at: position)
        }
        return run.decision(for: alerts)
    }

    /// Decides what a timer that is due means now. A timer whose incident has moved on means nothing.
    ///
    /// - Parameter subject: As in ``TimerChange/subject``.
    /// - Throws: ``CorrelationError/unknownIncident(_:)`` when the incident was not loaded.
    public func timerFired(
        _ kind: TimerChange.Kind, subject: String, context: CorrelationContext, now: Timestamp
    ) throws(CorrelationError) -> CorrelationDecision {
        var run = CorrelationRun(context: context, now: now, makeIncidentID: makeIncidentID)
        switch kind {
        case .windowEnd: run.windowEnded(WindowID(subject))
        case .resolveHold: run.holdPassed(try run.loaded(IncidentID(subject)))
        case .flapQuiet: run.flappingWentQuiet(try run.loaded(IncidentID(subject)))
        case .close: run.reopenWindowPassed(try run.loaded(IncidentID(subject)))
        }
        return run.decision(for: [])
    }

    /// A person says that two incidents are one: `source` ends as merged, `target` holds both.
    ///
    /// - Throws: ``IncidentRefusal`` when the state of one does not allow it, ``CorrelationError`` when one was not loaded.
    public func merge(
        source: IncidentID, target: IncidentID, context: CorrelationContext, now: Timestamp
    ) throws -> CorrelationDecision {
        var run = CorrelationRun(context: context, now: now, makeIncidentID: makeIncidentID)
        let ending = try run.loaded(source)
        let surviving = try run.loaded(target)
        try IncidentLifecycle.checkMerge(
            of: source, ending.state.status, ending.state.mergedInto, into: target, surviving.state.status,
            surviving.state.mergedInto)
        run.merge(ending, into: surviving, because: .mergedByPerson)
        return run.decision(for: [])
    }

    /// What follows when a person resolves an incident: it closes after the reopen window, and nothing holds it any more.
    ///
    /// The decision has no action: the person's own journal row says it.
    /// - Throws: ``IncidentRefusal/notOpen(_:)`` and the like, or ``CorrelationError`` when it was not loaded.
    public func resolvedByPerson(
        _ incident: IncidentID, by user: UserID, context: CorrelationContext, now: Timestamp
    ) throws -> CorrelationDecision {
        var run = CorrelationRun(context: context, now: now, makeIncidentID: makeIncidentID)
        let draft = try run.loaded(incident)
        let before = IncidentLifeState(id: incident, status: draft.state.status, mergedInto: draft.state.mergedInto)
        _ = try IncidentLifecycle.apply(.resolve(by: user, notes: nil), to: before, now: now)
        run.resolve(draft, by: user)
        return run.decision(for: [])
    }

    /// What follows when a person reopens an incident: it no longer closes. It resolves by itself only after an alert of it
    /// has fired and recovered again.
    ///
    /// The decision has no action: the person's own journal row says it.
    /// - Throws: ``IncidentRefusal/notResolved(_:)`` and the like, or ``CorrelationError`` when it was not loaded.
    public func reopenedByPerson(
        _ incident: IncidentID, context: CorrelationContext, now: Timestamp
    ) throws -> CorrelationDecision {
        var run = CorrelationRun(context: context, now: now, makeIncidentID: makeIncidentID)
        let draft = try run.loaded(incident)
        let before = IncidentLifeState(id: incident, status: draft.state.status, mergedInto: draft.state.mergedInto)
        _ = try IncidentLifecycle.apply(.reopen, to: before, now: now)
        run.openAgain(draft)
        return run.decision(for: [])
    }
}
