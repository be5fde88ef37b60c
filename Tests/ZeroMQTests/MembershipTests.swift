import Logging
import ServiceLifecycle
import Testing

@testable import ZeroMQ

@Suite("Peers come and go")
struct MembershipTests {
    @Test("A peer that joins late is found, and one that leaves is dropped")
    func followsFleet() async throws {
        let directory = InMemoryInstanceDirectory()
        try await withBus(.local("pusher", pushes: [alerts]), directory) { pusher in
            try await eventually("it is ready") { pusher.isReady }
            #expect(pusher.statistics[alerts].peers == 0)
            for _ in 0..<2 {
                try await withBus(.local("puller", pulls: [alerts]), directory) { puller in
                    try await pusher.connects(alerts)
                    #expect(pusher.statistics.fleetSize == 2)
                    pusher.sendNumbers(7..<8, on: alerts)
                    #expect(try await take(1, from: puller.messages(alerts)).map(\.text) == ["7"])
                }
                try await pusher.connects(alerts, peers: 0)
                try await eventually("the fleet is one") { pusher.statistics.fleetSize == 1 }
            }
        }
    }

    @Test("A hint makes the directory be read long before the next interval")
    func readsOnHint() async throws {
        let directory = InMemoryInstanceDirectory()
        var lazy = BusConfiguration.local("pusher", pushes: [alerts])
        lazy.refreshInterval = .seconds(3600)
        try await withBus(lazy, directory) { pusher in
            try await eventually("it is ready") { pusher.isReady }
            try await withBus(.local("puller", pulls: [alerts]), directory) { puller in
                try await eventually("the puller is registered") { puller.readiness.isRegistered }
                pusher.refresh()
                try await pusher.connects(alerts)
            }
        }
    }

    @Test("A peer whose heartbeat is too old is dropped although its connection stands")
    func dropsExpired() async throws {
        let clock = ManualMicroseconds()
        let directory = InMemoryInstanceDirectory { clock.read() }
        var silent = BusConfiguration.local("puller", pulls: [alerts])
        silent.heartbeatInterval = .seconds(3600)
        try await withBus(silent, directory) { _ in
            try await withBus(.local("pusher", pushes: [alerts]), directory) { pusher in
                try await pusher.connects(alerts)
                clock.advance(seconds: 11)
                try await pusher.connects(alerts, peers: 0)
                try await eventually("only the pusher is left") { pusher.statistics.fleetSize == 1 }
            }
        }
    }

    @Test("While the directory can't be read peers stay connected and messages flow")
    func keepsPeersWithoutDirectory() async throws {
        let shared = InMemoryInstanceDirectory()
        let directory = ScriptedDirectory(shared)
        try await withBus(.local("puller", pulls: [alerts]), shared) { puller in
            try await withBus(.local("pusher", pushes: [alerts]), directory) { pusher in
                try await pusher.connects(alerts)
                #expect(pusher.readiness.directoryReadableSince != nil)
                directory.change { $0.failsReading = true }
                try await eventually("the failure is known") { pusher.readiness.directoryReadableSince == nil }
                try await shared.deregister(puller.instanceID)
                #expect(pusher.isReady)
                pusher.sendNumbers(0..<3, on: alerts)
                #expect(try await take(3, from: puller.messages(alerts)).count == 3)
                directory.change { $0.failsReading = false }
                try await eventually("the directory is back") { pusher.readiness.directoryReadableSince != nil }
                #expect(pusher.statistics[alerts].peers == 1)
            }
        }
    }

    @Test("Registration is tried until it succeeds; before that nothing is connected")
    func registersStubbornly() async throws {
        let shared = InMemoryInstanceDirectory()
        let directory = ScriptedDirectory(shared)
        directory.change { $0.failsRegistering = true }
        try await withBus(.local("puller", pulls: [alerts]), shared) { puller in
            try await withBus(.local("pusher", pushes: [alerts]), directory) { pusher in
                try await eventually("it tried twice") { directory.registrations >= 2 }
                #expect(!pusher.isReady)
                #expect(pusher.statistics[alerts].peers == 0)
                #expect(puller.statistics[alerts].accepted == 0)
                directory.change { $0.failsRegistering = false }
                try await pusher.connects(alerts)
                #expect(pusher.isReady)
            }
        }
    }

    @Test("An instance whose row was removed puts it back")
    func registersAgain() async throws {
        let directory = InMemoryInstanceDirectory()
        try await withBus(.local("puller", pulls: [alerts]), directory) { puller in
            try await eventually("it is ready") { puller.isReady }
            let before = try await directory.liveInstances()
            try await directory.deregister(puller.instanceID)
            try await eventually("it is back") { try await directory.liveInstances().count == 1 }
            let after = try await directory.liveInstances()
            #expect(after.map(\.endpoints) == before.map(\.endpoints))
            #expect(after.map(\.id) == [puller.instanceID])
        }
    }

    @Test("A graceful shutdown sends what is queued, leaves the directory and ends the sequences")
    func shutsDownGracefully() async throws {
        let directory = InMemoryInstanceDirectory()
        try await withBus(.local("puller", pulls: [alerts]), directory) { puller in
            let stopped = try await withBus(.local("pusher", pulls: [alerts], pushes: [alerts]), directory) { pusher in
                try await pusher.connects(alerts, peers: 2)
                pusher.sendNumbers(0..<100, on: alerts)
                return pusher
            }
            #expect(try await directory.liveInstances().map(\.id) == [puller.instanceID])
            try await eventually("nothing was left behind") { puller.statistics[alerts].received >= 50 }
            #expect(stopped.send(alerts, topic: "", body: []) == .noPeer)
            #expect(!stopped.isReady)
            let rest = stopped.statistics[alerts].buffered
            #expect(try await take(.max, from: stopped.messages(alerts)).count == rest)
        }
    }

    @Test("A bus runs once, and refuses a configuration that can't work")
    func refusesMisuse() async throws {
        var wrong = BusConfiguration.local("x", pulls: [events])
        await #expect(throws: BusError.self) {
            try await Bus(configuration: wrong, directory: InMemoryInstanceDirectory(), logger: quiet).run()
        }
        wrong = .local("x", pulls: [alerts])
        wrong.bindHost = "192.0.2.1"
        await #expect(throws: BusError.self) {
            try await Bus(configuration: wrong, directory: InMemoryInstanceDirectory(), logger: quiet).run()
        }
        let directory = InMemoryInstanceDirectory()
        try await withBus(.local("x", pulls: [alerts]), directory) { bus in
            try await eventually("it is ready") { bus.isReady }
            await #expect(throws: BusError.alreadyRan) { try await bus.run() }
        }
    }

    @Test("A cancelled bus closes its sockets and says that it was cancelled")
    func survivesCancellation() async throws {
        let bus = Bus(
            configuration: .local("x", pulls: [alerts]), directory: InMemoryInstanceDirectory(), logger: quiet)
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await bus.run() }
                try await eventually("it is ready") { bus.isReady }
                tasks.cancelAll()
                try await tasks.waitForAll()
            }
        }
        #expect(try await take(1, from: bus.messages(alerts)).isEmpty)
    }
}
