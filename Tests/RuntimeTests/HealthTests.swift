import Testing

@testable import Runtime

@Suite struct HealthTests {
    @Test func withoutChecksAProcessIsReady() async {
        #expect(await Health().report() == [])
    }

    @Test func everyCheckIsNamedWithItsResultInTheOrderOfAdding() async {
        let health = Health()
        health.add(ReadinessCheck("database") { (true, "3 connections") })
        health.add(ReadinessCheck("bus") { (false, "No peer answers; look at the fleet.") })
        #expect(
            await health.report() == [
                .init(name: "database", ok: true, detail: "3 connections"),
                .init(name: "bus", ok: false, detail: "No peer answers; look at the fleet."),
            ])
    }

    @Test func aDrainingProcessIsNotReadyWhateverItsChecksSay() async {
        let health = Health()
        health.add(ReadinessCheck("database") { (true, "") })
        health.drain()
        let report = await health.report()
        #expect(report.map(\.name) == ["draining", "database"])
        #expect(report.map(\.ok) == [false, true])
    }
}
