import Testing

@testable import ZeroMQ

@Suite("Fleet")
struct FleetTests {
    private let now = ContinuousClock.now

    private func instance(
        _ id: String, endpoint: String = "tcp://10.0.0.1:5000", startedAt: Int64 = 1, key: Character = "k"
    ) -> ServiceInstance {
        ServiceInstance(
            id: id, service: "s", host: "h", pid: 1, version: "1", startedAt: startedAt, heartbeatAt: 0,
            endpoints: ["alerts": endpoint], curvePublicKey: String(repeating: key, count: 40))
    }

    @Test("Whoever is missing from a reading is gone")
    func dropsMissing() {
        var view = FleetView(grace: .seconds(6))
        #expect(view.read([instance("a"), instance("b")], at: now).instances.map(\.id) == ["a", "b"])
        #expect(view.read([instance("b")], at: now).instances.map(\.id) == ["b"])
    }

    @Test("After the directory was unreadable nobody is dropped until heartbeats had time to come")
    func gracePeriod() {
        var view = FleetView(grace: .seconds(6))
        _ = view.read([instance("a"), instance("b")], at: now)
        view.couldNotRead()
        #expect(view.fleet.instances.count == 2)
        let back = now + .seconds(60)
        #expect(Set(view.read([instance("c")], at: back).instances.map(\.id)) == ["a", "b", "c"])
        #expect(Set(view.read([instance("a"), instance("c")], at: back + .seconds(5)).instances.map(\.id)).count == 3)
        let settled = view.read([instance("a"), instance("c")], at: back + .seconds(6))
        #expect(Set(settled.instances.map(\.id)) == ["a", "c"])
    }

    @Test("A port that was taken over belongs to the instance that started last")
    func newestHoldsPort() {
        let fleet = Fleet(instances: [instance("new", startedAt: 9, key: "n"), instance("old", startedAt: 3, key: "o")])
        #expect(fleet.targets(of: alerts) == ["tcp://10.0.0.1:5000": String(repeating: "n", count: 40)])
        #expect(fleet.keys.count == 2)
    }

    @Test("Rows that can't be connected to are left out")
    func skipsNonsense() {
        var short = instance("short")
        short.curvePublicKey = "abc"
        let fleet = Fleet(instances: [instance("ipc", endpoint: "ipc:///etc/passwd"), short])
        #expect(fleet.targets(of: alerts).isEmpty)
        #expect(Fleet(instances: [instance("a")]).targets(of: Channel("other", .pushPull)).isEmpty)
    }

    @Test("The directory in memory forgets who is silent for ten seconds, by its own clock")
    func memoryExpires() async throws {
        let clock = ManualMicroseconds()
        let directory = InMemoryInstanceDirectory { clock.read() }
        try await directory.register(instance("a"))
        try await directory.register(instance("b"))
        clock.advance(seconds: 9)
        #expect(try await directory.heartbeat("b"))
        clock.advance(seconds: 1)
        #expect(try await directory.liveInstances().map(\.id) == ["b"])
        #expect(try await directory.heartbeat("a"))
        #expect(try await directory.liveInstances().count == 2)
        try await directory.deregister("a")
        #expect(try await !directory.heartbeat("a"))
    }

    @Test(
        "The listening address follows the advertised one",
        arguments: [
            ("127.0.0.1", "127.0.0.1"), ("localhost", "127.0.0.1"), ("::1", "::1"), ("fd00::7", "::"),
            ("10.1.2.3", "0.0.0.0"), ("correlator-1", "0.0.0.0"),
        ])
    func choosesBindHost(_ advertised: String, _ bound: String) {
        #expect(BusConfiguration(service: "s", version: "1", advertiseHost: advertised).bindHost == bound)
    }

    @Test("Configurations that can't work are refused with the reason")
    func validates() throws {
        try BusConfiguration.local("x", pulls: [alerts], publishes: [events]).validate()
        var wrong: [BusConfiguration] = [
            .local("x", pushes: [events]), .local("x", publishes: [alerts]), .local("x", subscribes: [alerts: []]),
            .local("x", pulls: [alerts, alerts]),
            .local("x", pulls: [alerts], publishes: [.init("alerts", .publishSubscribe)]),
        ]
        var configuration = BusConfiguration.local("x")
        configuration.sendHighWaterMark = 0
        wrong.append(configuration)
        configuration = .local("x")
        configuration.heartbeatInterval = .zero
        wrong.append(configuration)
        for configuration in wrong {
            let error = #expect(throws: BusError.self) { try configuration.validate() }
            #expect(error?.isRetriable == false)
        }
    }
}
