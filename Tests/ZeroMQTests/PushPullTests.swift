import Foundation
import Testing

@testable import ZeroMQ

private let hasIPv6Loopback =
    (try? String(contentsOfFile: "/proc/net/if_inet6", encoding: .utf8))?.contains("00000000000000000000000000000001")
    ?? false

@Suite("Push and pull")
struct PushPullTests {
    @Test("A pushed message arrives with topic and body intact, whatever its size")
    func delivers() async throws {
        let directory = InMemoryInstanceDirectory()
        let bodies: [[UInt8]] = [[], [0, 255, 10], Array(repeating: 7, count: 1 << 20)]
        try await withBus(.local("puller", pulls: [alerts]), directory) { puller in
            try await withBus(.local("pusher", pushes: [alerts]), directory) { pusher in
                try await pusher.connects(alerts)
                for body in bodies { #expect(pusher.send(alerts, topic: "größe", body: body) == .queued) }
                let arrived = try await take(3, from: puller.messages(alerts))
                #expect(arrived == bodies.map { BusMessage(channel: "alerts", topic: "größe", body: $0) })
                #expect(puller.statistics[alerts].received == 3)
                #expect(puller.statistics[alerts].accepted == 1)
                try await eventually("all are counted") { pusher.statistics[alerts].sent == 3 }
            }
        }
    }

    @Test("Two pullers get a fair share, and each message reaches exactly one of them")
    func sharesFairly() async throws {
        let directory = InMemoryInstanceDirectory()
        try await withBus(.local("puller", pulls: [alerts]), directory) { first in
            try await withBus(.local("puller", pulls: [alerts]), directory) { second in
                try await withBus(.local("pusher", pushes: [alerts]), directory) { pusher in
                    try await pusher.connects(alerts, peers: 2)
                    pusher.sendNumbers(0..<400, on: alerts)
                    try await eventually("all have arrived") {
                        first.statistics[alerts].received + second.statistics[alerts].received == 400
                    }
                    let shares = (first.statistics[alerts].received, second.statistics[alerts].received)
                    #expect(shares.0 >= 150 && shares.1 >= 150)
                    let left = try await take(shares.0, from: first.messages(alerts))
                    let right = try await take(shares.1, from: second.messages(alerts))
                    #expect(Set((left + right).map(\.text)) == Set((0..<400).map { "\($0)" }))
                }
            }
        }
    }

    @Test("An instance that pushes and pulls a channel reaches itself and its twin")
    func reachesItself() async throws {
        let directory = InMemoryInstanceDirectory()
        let both = BusConfiguration.local("notifier", pulls: [alerts], pushes: [alerts])
        try await withBus(both, directory) { first in
            try await withBus(both, directory) { second in
                try await first.connects(alerts, peers: 2)
                first.sendNumbers(0..<10, on: alerts)
                try await eventually("all have arrived") {
                    first.statistics[alerts].received + second.statistics[alerts].received == 10
                }
                #expect(first.statistics[alerts].received > 0)
                #expect(second.statistics[alerts].received > 0)
            }
        }
    }

    @Test("A message for nobody, or for a channel not configured, is refused at once and counted")
    func countsWithoutPeer() async throws {
        try await withBus(.local("pusher", pushes: [alerts]), InMemoryInstanceDirectory()) { pusher in
            try await eventually("it is ready") { pusher.isReady }
            #expect(pusher.send(alerts, topic: "", body: [1]) == .noPeer)
            #expect(pusher.send(Channel("other", .pushPull), topic: "", body: [1]) == .noPeer)
            #expect(pusher.statistics[alerts].unsentNoPeer == 1)
            #expect(pusher.statistics[alerts].sent == 0)
            #expect(try await take(1, from: pusher.messages(alerts)).isEmpty)
        }
    }

    @Test("A slow consumer fills the queues up to the sender, and nothing that was taken is lost")
    func pushesBack() async throws {
        let directory = InMemoryInstanceDirectory()
        var slow = BusConfiguration.local("puller", pulls: [alerts])
        (slow.receiveHighWaterMark, slow.inboundBuffer) = (5, 4)
        var eager = BusConfiguration.local("pusher", pushes: [alerts])
        eager.sendHighWaterMark = 5
        let padding = [UInt8](repeating: 0, count: 128 << 10)
        try await withBus(slow, directory) { puller in
            try await withBus(eager, directory) { pusher in
                try await pusher.connects(alerts)
                var (taken, isStuck) = (0, false)
                var lastProgress = ContinuousClock.now
                try await eventually("the sender is told to hold back for good") {
                    while pusher.send(alerts, topic: "\(taken)", body: padding) == .queued {
                        taken += 1
                        lastProgress = .now
                    }
                    isStuck = ContinuousClock.now - lastProgress > .milliseconds(300)
                    return isStuck
                }
                #expect(pusher.statistics[alerts].queued == 5)
                #expect(puller.statistics[alerts].buffered == 4)
                #expect(pusher.statistics[alerts].unsentFull > 0)
                let arrived = try await take(taken, from: puller.messages(alerts))
                #expect(arrived.map(\.topic) == (0..<taken).map { "\($0)" })
                #expect(pusher.send(alerts, topic: "again", body: []) == .queued)
                #expect(try await take(1, from: puller.messages(alerts)).map(\.topic) == ["again"])
            }
        }
    }

    @Test("A buffer of one message never stalls")
    func survivesTinyBuffers() async throws {
        let directory = InMemoryInstanceDirectory()
        var tiny = BusConfiguration.local("both", pulls: [alerts], pushes: [alerts])
        (tiny.receiveHighWaterMark, tiny.inboundBuffer, tiny.sendHighWaterMark) = (1, 1, 1)
        try await withBus(tiny, directory) { bus in
            try await bus.connects(alerts)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    for number in 0..<500 {
                        try await eventually("there is room") {
                            bus.send(alerts, topic: "\(number)", body: []) == .queued
                        }
                    }
                }
                let arrived = try await take(500, from: bus.messages(alerts))
                #expect(arrived.map(\.topic) == (0..<500).map { "\($0)" })
                try await tasks.waitForAll()
            }
        }
    }

    @Test("An IPv6 address is announced in brackets and reached", .enabled(if: hasIPv6Loopback))
    func reachesIPv6() async throws {
        let directory = InMemoryInstanceDirectory()
        var puller = BusConfiguration.local("puller", pulls: [alerts])
        (puller.advertiseHost, puller.bindHost) = ("::1", "::1")
        try await withBus(puller, directory) { puller in
            try await withBus(.local("pusher", pushes: [alerts]), directory) { pusher in
                try await pusher.connects(alerts)
                pusher.sendNumbers(0..<1, on: alerts)
                #expect(try await take(1, from: puller.messages(alerts)).count == 1)
                let endpoints = try await directory.liveInstances().compactMap { $0.endpoints["alerts"] }
                #expect(endpoints.count == 1 && endpoints[0].hasPrefix("tcp://[::1]:"))
            }
        }
    }

    @Test("A body above the limit is refused and does not harm the connection")
    func refusesOversize() async throws {
        let directory = InMemoryInstanceDirectory()
        try await withBus(.local("both", pulls: [alerts], pushes: [alerts]), directory) { bus in
            try await bus.connects(alerts)
            let largest = BusConfiguration.maximumBodyBytes
            #expect(bus.send(alerts, topic: "", body: Array(repeating: 1, count: largest + 1)) == .full)
            #expect(bus.send(alerts, topic: "", body: Array(repeating: 1, count: largest)) == .queued)
            #expect(try await take(1, from: bus.messages(alerts)).map(\.body.count) == [largest])
            #expect(bus.statistics[alerts].unsentTooLarge == 1)
        }
    }
}
