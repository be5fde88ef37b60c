import Testing

@testable import Domain

@Suite("The order of events")
struct OrderTests {
    @Test("a batch is decided in event order and answered in the order given")
    func batch() {
        let store = CorrelationStore()
        let alerts = [
            recovered("web-01", at: Clock.minutes(3)), firing("web-02", at: Clock.minutes(1)),
            firing("web-01", at: Clock.minutes(2)),
        ]
        let decision = store.post(alerts)
        #expect(decision.fates.map(\.alert) == alerts.map(\.id))
        #expect(decision.fates.map(\.fate.kind) == [.resolved, .opened, .opened])
        #expect(decision.fates[1].fate.incidentID == "inc-00001")
    }

    @Test(
        "an event older than the newest of its identity changes nothing, in the batch or in a later one",
        arguments: [true, false])
    func stale(together: Bool) {
        let store = CorrelationStore(policy: CorrelationPolicy(autoResolveHoldSeconds: 0))
        store.post(firing("web-01", at: Clock.minutes(5)))
        let late = [
            recovered("web-01", at: Clock.minutes(4)), firing("web-01", at: Clock.minutes(3), severity: .critical),
        ]
        let decisions = together ? [store.post(late)] : late.map { store.post($0) }
        for decision in decisions {
            for (_, fate) in decision.fates {
                #expect(fate == Fate(kind: .noted, reason: .outOfOrder, incidentID: "inc-00001"))
            }
            #expect(decision.incidents.isEmpty)
            #expect(decision.identities.isEmpty)
            #expect(decision.actions.isEmpty)
        }
        #expect(store.open.first?.alertCount == 1)
        #expect(store.open.first?.severity == .high)
    }

    @Test("an old recovery does not end a newer firing")
    func oldRecovery() {
        let store = CorrelationStore()
        store.post(firing("web-01", at: Clock.minutes(1)))
        store.post(firing("web-01", at: Clock.minutes(10)))
        store.post(recovered("web-01", at: Clock.minutes(9)))
        #expect(store.open.first?.firingIdentities == 1)
    }

    @Test("of one instant the later receipt wins")
    func receipt() {
        for recoveredLast in [true, false] {
            let store = CorrelationStore()
            let fire = firing("web-01", receivedAt: Clock.seconds(recoveredLast ? 1 : 2))
            let recover = recovered("web-01", at: Clock.start, receivedAt: Clock.seconds(recoveredLast ? 2 : 1))
            store.post(recoveredLast ? [recover, fire] : [fire, recover])
            #expect(store.identities.values.map(\.kind) == [recoveredLast ? .resolved : .firing])
        }
    }

    @Test("of one instant and one receipt the order given counts, in one batch and over two")
    func given() {
        for split in [true, false] {
            let store = CorrelationStore()
            let events = [firing("web-01"), recovered("web-01", at: Clock.start)]
            if split { for event in events { store.post(event) } } else { store.post(events) }
            #expect(store.identities.values.map(\.kind) == [.resolved])
            #expect(store.open.map(\.firingIdentities) == [0])
        }
    }

    @Test("ids that were minted later come later, whatever the order given")
    func ids() {
        let store = CorrelationStore()
        let fire = firing("web-01")
        let recover = recovered("web-01", at: Clock.start)
        store.post([recover, fire])
        #expect(store.identities.values.map(\.kind) == [.resolved])
    }

    @Test("the newest event time of an incident and of its assets never goes back")
    func incidentTimes() throws {
        let store = CorrelationStore()
        store.post(firing("web-01", at: Clock.minutes(5), tool: "A"))
        store.post(firing("web-01", at: Clock.minutes(3), tool: "B"))
        let incident = try #require(store.open.first)
        #expect(incident.lastEventAt == Clock.minutes(5))
        #expect(
            incident.assets["web-01"]
                == IncidentAsset(
                    firstEventAt: Clock.minutes(3), lastEventAt: Clock.minutes(5), alertCount: 2))
    }

    @Test("an empty batch decides nothing")
    func empty() {
        #expect(CorrelationStore().post([]) == CorrelationDecision())
    }
}
