import CZeroMQ
import Logging
import Testing

@testable import ZeroMQ

/// A push socket beside the bus, for what a bus would never do. Used by one test task at a time.
final class Stranger {
    let keys: CurveKeyPair
    private let socket: Socket
    private let monitor: LinkMonitor

    init() throws {
        let context = try Context()
        keys = try .generate()
        socket = try Socket(context, .push)
        try socket.set(ZMQ_LINGER, 0)
        try socket.set(ZMQ_IMMEDIATE, 1)
        try socket.set(ZMQ_RECONNECT_IVL, 20)
        monitor = try LinkMonitor(context, watching: socket, name: "stranger")
    }

    deinit {
        monitor.close()
        socket.close()
    }

    func connectPlain(_ endpoint: String) throws { try socket.connect(endpoint) }

    func connectEncrypted(_ endpoint: String, serverKey: String) throws {
        try socket.applyClient(keys)
        try socket.connect(endpoint, serverKey: serverKey)
    }

    func send(_ frames: [[UInt8]]) throws -> Bool {
        if case .done = try socket.send(frames) { true } else { false }
    }

    func newEvents() throws -> [LinkEvent] {
        var events: [LinkEvent] = []
        try monitor.drain { events.append($0) }
        return events
    }
}

@Suite("Who is let in")
struct StrangerTests {
    private func endpoint(of bus: Bus, in directory: any InstanceDirectory) async throws -> (String, key: String) {
        try await eventually("it is ready") { bus.isReady }
        let row = try await directory.liveInstances().first { $0.id == bus.instanceID }
        return (try #require(row?.endpoints["alerts"]), try #require(row?.curvePublicKey))
    }

    @Test("An instance with a key that is not registered gets nothing through, and is let in once it is")
    func letsInOnceRegistered() async throws {
        let shared = InMemoryInstanceDirectory()
        let blind = ScriptedDirectory(shared)
        blind.change { $0.show = { $0.filter { $0.service != "pusher" } } }
        try await withBus(.local("puller", pulls: [alerts]), blind) { puller in
            try await withBus(.local("pusher", pushes: [alerts]), shared) { pusher in
                try await eventually("it was turned away repeatedly") { puller.statistics.refusedHandshakes >= 2 }
                #expect(pusher.send(alerts, topic: "", body: [1]) == .noPeer)
                #expect(puller.statistics[alerts].received == 0)
                blind.change { $0.show = { $0 } }
                try await pusher.connects(alerts)
                pusher.sendNumbers(5..<6, on: alerts)
                #expect(try await take(1, from: puller.messages(alerts)).map(\.text) == ["5"])
            }
        }
    }

    @Test("An unknown key makes the directory be read at once")
    func unknownKeyTriggersRefresh() async throws {
        let directory = InMemoryInstanceDirectory()
        var lazy = BusConfiguration.local("puller", pulls: [alerts])
        lazy.refreshInterval = .seconds(3600)
        try await withBus(lazy, directory) { puller in
            try await eventually("it is ready") { puller.isReady }
            try await withBus(.local("pusher", pushes: [alerts]), directory) { pusher in
                try await pusher.connects(alerts)
                #expect(puller.statistics.fleetSize == 2)
                #expect(puller.statistics.refusedHandshakes == 0)
            }
        }
    }

    @Test("A client without encryption is refused")
    func refusesPlain() async throws {
        let directory = InMemoryInstanceDirectory()
        try await withBus(.local("puller", pulls: [alerts]), directory) { puller in
            let (address, _) = try await endpoint(of: puller, in: directory)
            let stranger = try Stranger()
            try stranger.connectPlain(address)
            var seen: [LinkEvent] = []
            try await eventually("it was thrown out") {
                #expect(try !stranger.send([[1], [2]]))
                seen += try stranger.newEvents()
                return seen.contains { if case .lost = $0 { true } else { false } }
            }
            #expect(!seen.contains(.established(endpoint: address)))
            #expect(puller.statistics[alerts].received == 0)
        }
    }

    @Test("A peer that does not hold the key in the directory is not talked to; the corrected row connects")
    func refusesImpostor() async throws {
        let shared = InMemoryInstanceDirectory()
        let forged = ScriptedDirectory(shared)
        let otherKey = try CurveKeyPair.generate().publicKey
        forged.change {
            $0.show = { rows in
                rows.map { row in
                    var row = row
                    if row.service == "puller" { row.curvePublicKey = otherKey }
                    return row
                }
            }
        }
        try await withBus(.local("puller", pulls: [alerts]), shared) { puller in
            try await withBus(.local("pusher", pushes: [alerts]), forged) { pusher in
                try await eventually("it tries") { puller.statistics[alerts].accepted > 0 }
                #expect(pusher.send(alerts, topic: "", body: [1]) == .noPeer)
                forged.change { $0.show = { $0 } }
                try await pusher.connects(alerts)
                pusher.sendNumbers(0..<1, on: alerts)
                #expect(try await take(1, from: puller.messages(alerts)).count == 1)
            }
        }
    }

    @Test("Messages that are not topic and body are counted and dropped; the next good one arrives")
    func dropsMalformed() async throws {
        let directory = InMemoryInstanceDirectory()
        try await withBus(.local("puller", pulls: [alerts]), directory) { puller in
            let (address, key) = try await endpoint(of: puller, in: directory)
            let stranger = try Stranger()
            try await directory.register(
                ServiceInstance(
                    id: "stranger", service: "stranger", host: "127.0.0.1", pid: 1, version: "0", startedAt: 0,
                    heartbeatAt: 0, endpoints: [:], curvePublicKey: stranger.keys.publicKey))
            try stranger.connectEncrypted(address, serverKey: key)
            let good: [[UInt8]] = [Array("t".utf8), [9]]
            let messages: [[[UInt8]]] = [[[1]], [[1], [2], [3]], [[0xff, 0xfe], [1]], [[], [], [], []], good]
            for message in messages {
                try await eventually("it is connected") { try stranger.send(message) }
            }
            let arrived = try await take(1, from: puller.messages(alerts))
            #expect(arrived == [BusMessage(channel: "alerts", topic: "t", body: [9])])
            #expect(puller.statistics[alerts].malformed == 4)
            #expect(puller.statistics[alerts].received == 1)
        }
    }
}
