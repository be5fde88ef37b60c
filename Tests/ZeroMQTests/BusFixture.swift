import Logging
import ServiceLifecycle
import Testing

@testable import ZeroMQ

let alerts = Channel("alerts", .pushPull)
let events = Channel("events", .publishSubscribe)

/// Says nothing unless something goes badly wrong.
let quiet: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .error
    return logger
}()

struct TimedOut: Error, CustomStringConvertible {
    let description: String
}

/// Waits for a condition that real I/O brings about.
func eventually(
    _ what: String, within limit: Duration = .seconds(8), _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw TimedOut(description: "waited in vain until \(what)") }
        try await Task.sleep(for: .milliseconds(2))
    }
}

/// Takes messages in order of arrival; throws when they don't come in time.
func take(_ count: Int, from messages: BusMessages, within limit: Duration = .seconds(8)) async throws -> [BusMessage] {
    try await withThrowingTaskGroup(of: [BusMessage]?.self) { group in
        group.addTask {
            var taken: [BusMessage] = []
            var iterator = messages.makeAsyncIterator()
            while taken.count < count, let message = await iterator.next() { taken.append(message) }
            return taken
        }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let taken = first else {
            throw TimedOut(description: "\(count) messages did not come")
        }
        return taken
    }
}

extension BusConfiguration {
    /// A configuration on loopback that looks at the directory often.
    static func local(
        _ service: String, pulls: [Channel] = [], publishes: [Channel] = [], pushes: [Channel] = [],
        subscribes: [Channel: [String]] = [:]
    ) -> BusConfiguration {
        BusConfiguration(
            service: service, version: "1.0", advertiseHost: "127.0.0.1", pulls: pulls, publishes: publishes,
            pushes: pushes, subscribes: subscribes, heartbeatInterval: .milliseconds(50),
            refreshInterval: .milliseconds(50))
    }
}

/// Runs a bus around `body`, and shuts it down gracefully after it.
func withBus<Result: Sendable>(
    _ configuration: BusConfiguration, _ directory: any InstanceDirectory, _ body: (Bus) async throws -> Result
) async throws -> Result {
    let bus = Bus(configuration: configuration, directory: directory, logger: quiet)
    let group = ServiceGroup(services: [bus], logger: quiet)
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await body(bus))
        } catch {
            result = .failure(error)
        }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        return try result.get()
    }
}

extension Bus {
    /// Waits until this many peers of the channel are connected.
    func connects(_ channel: Channel, peers: Int = 1) async throws {
        try await eventually("\(peers) peers are on \(channel)") { self.statistics[channel].peers == peers }
    }

    /// Waits until this many distinct topic prefixes are subscribed to.
    func isSubscribed(_ channel: Channel, prefixes: Int = 1) async throws {
        try await eventually("\(prefixes) prefixes are subscribed") {
            self.statistics[channel].subscriptions == prefixes
        }
    }

    /// Sends numbered messages, all of which must be taken.
    func sendNumbers(_ numbers: Range<Int>, on channel: Channel) {
        for number in numbers {
            #expect(self.send(channel, topic: "n", body: Array("\(number)".utf8)) == .queued)
        }
    }
}

extension BusMessage {
    var text: String { String(decoding: body, as: UTF8.self) }
}
