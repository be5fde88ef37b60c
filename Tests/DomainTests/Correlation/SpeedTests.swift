import Testing

@testable import Domain

@Suite("The speed of decisions")
struct SpeedTests {
    /// 200 open incidents of 40 signatures, each on an asset of its own, and 1,000 alerts that speak of them.
    static func load(rollUp: Bool) -> (alerts: [PendingAlert], context: CorrelationContext) {
        let store = CorrelationStore(policy: CorrelationPolicy(rollUp: rollUp, rollUpMinAssets: 100))
        let assets = (0..<200).map { "server-\($0)" }
        for (position, name) in assets.enumerated() {
            let upstream = position > 100 ? ["server-\(position % 50)"] : []
            store.assets[name] = AssetFacts(name: name, dependsOn: upstream)
        }
        store.policy.dependency = false
        store.post(
            assets.enumerated().map { position, asset in
                firing(asset, "rule_\(position % 40)", at: Clock.start + .milliseconds(position))
            })
        store.policy.dependency = true
        store.windows = [
            MaintenanceWindow(
                id: "mw-1", name: "Nightly",
                schedule: .recurring(
                    MaintenanceRecurrence(
                        timeZone: "America/New_York", frequency: .daily,
                        startTime: LocalTime(hour: 2, minute: 0) ?? .init(minuteOfDay: 120), durationMinutes: 120)),
                scope: MaintenanceScope(assets: ["server-1*"]))
        ]
        store.now = Clock.minutes(10)
        let alerts = (0..<1000).map { position in
            event(
                position % 5 == 4 ? .resolved : .firing, assets[position % 200],
                position % 3 == 0 ? "other_\(position % 70)" : "rule_\(position % 200 % 40)",
                at: Clock.minutes(8) + .milliseconds(position), tool: position % 7 == 0 ? "Zabbix" : "Datadog")
        }
        return (alerts, store.context(for: alerts))
    }

    @Test("a thousand alerts over two hundred incidents are decided quickly", arguments: [true, false])
    func thousand(rollUp: Bool) {
        let (alerts, context) = Self.load(rollUp: rollUp)
        let engine = CorrelationEngine()
        var best = Duration.seconds(60)
        for _ in 0..<10 {
            let clock = ContinuousClock()
            let start = clock.now
            let decision = engine.decide(alerts: alerts, context: context, now: Clock.minutes(10))
            best = min(best, clock.now - start)
            #expect(decision.fates.count == 1000)
        }
        #if DEBUG
            #expect(best < .milliseconds(1000))
        #else
            #expect(best < .milliseconds(25))
        #endif
        print("1,000 alerts over \(context.incidents.count) incidents, roll-up \(rollUp): \(best)")
    }
}
