import Testing

@testable import ZeroMQ

@Suite("Publish and subscribe")
struct PublishSubscribeTests {
    @Test("Each subscriber gets the topics that begin with one of its prefixes, and no others")
    func filtersByPrefix() async throws {
        let directory = InMemoryInstanceDirectory()
        try await withBus(.local("publisher", publishes: [events]), directory) { publisher in
            try await withBus(.local("all", subscribes: [events: []]), directory) { all in
                let wanted = BusConfiguration.local("some", subscribes: [events: ["incident.acme", "execution."]])
                try await withBus(wanted, directory) { some in
                    try await publisher.isSubscribed(events, prefixes: 3)
                    let topics = ["incident.acme", "incident.globex", "execution.globex", "incident.acme2", "end"]
                    for topic in topics { #expect(publisher.send(events, topic: topic, body: [1]) == .queued) }
                    #expect(publisher.send(events, topic: "execution.end", body: []) == .queued)
                    #expect(try await take(6, from: all.messages(events)).map(\.topic) == topics + ["execution.end"])
                    let filtered = try await take(4, from: some.messages(events)).map(\.topic)
                    #expect(filtered == ["incident.acme", "execution.globex", "incident.acme2", "execution.end"])
                    #expect(some.statistics[events].received == 4)
                }
            }
        }
    }

    @Test("A slow subscriber keeps the newest messages, and the lost ones are counted")
    func dropsOldest() async throws {
        let directory = InMemoryInstanceDirectory()
        var slow = BusConfiguration.local("subscriber", subscribes: [events: [""]])
        slow.inboundBuffer = 4
        try await withBus(.local("publisher", publishes: [events]), directory) { publisher in
            try await withBus(slow, directory) { subscriber in
                try await publisher.isSubscribed(events)
                publisher.sendNumbers(0..<50, on: events)
                try await eventually("all have arrived") { subscriber.statistics[events].received == 50 }
                #expect(subscriber.statistics[events].dropped == 46)
                let kept = try await take(4, from: subscriber.messages(events))
                #expect(kept.map(\.text) == ["46", "47", "48", "49"])
            }
        }
    }

    @Test("Publishing is refused while nobody subscribes, before the first and after the last")
    func refusesWithoutSubscriber() async throws {
        let directory = InMemoryInstanceDirectory()
        try await withBus(.local("publisher", publishes: [events]), directory) { publisher in
            #expect(publisher.send(events, topic: "a", body: []) == .noPeer)
            try await withBus(.local("subscriber", subscribes: [events: ["a"]]), directory) { _ in
                try await publisher.isSubscribed(events)
                #expect(publisher.send(events, topic: "a", body: []) == .queued)
            }
            try await publisher.isSubscribed(events, prefixes: 0)
            #expect(publisher.send(events, topic: "a", body: []) == .noPeer)
            #expect(publisher.statistics[events].unsentNoPeer == 2)
        }
    }
}
