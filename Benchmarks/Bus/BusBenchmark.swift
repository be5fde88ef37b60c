import Logging
import ServiceLifecycle
import ZeroMQ

/// Messages per second of 512 bytes, push to pull, through two buses over loopback TCP with encryption.
@main
enum BusBenchmark {
    static let channel = Channel("bench", .pushPull)

    static func main() async throws {
        let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 500_000
        let directory = InMemoryInstanceDirectory()
        var logger = Logger(label: "bench")
        logger.logLevel = .warning
        let receiver = Bus(
            configuration: BusConfiguration(
                service: "b", version: "0", advertiseHost: "127.0.0.1", pulls: [channel],
                refreshInterval: .milliseconds(100)), directory: directory, logger: logger)
        let sender = Bus(
            configuration: BusConfiguration(
                service: "a", version: "0", advertiseHost: "127.0.0.1", pushes: [channel],
                refreshInterval: .milliseconds(100)), directory: directory, logger: logger)
        let group = ServiceGroup(services: [receiver, sender], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            while sender.statistics[channel].peers == 0 { try await Task.sleep(for: .milliseconds(10)) }
            let body = [UInt8](repeating: 7, count: 512)
            let start = ContinuousClock.now
            tasks.addTask {
                var refused = 0
                for _ in 0..<count {
                    while sender.send(channel, topic: "company", body: body) != .queued {
                        refused += 1
                        try await Task.sleep(for: .microseconds(200))
                    }
                }
                print("times full: \(refused)")
            }
            var received = 0
            for await _ in receiver.messages(channel) {
                received += 1
                if received == count { break }
            }
            let elapsed = ContinuousClock.now - start
            print("\(count) messages in \(elapsed): \(Int(Double(count) / (elapsed / .seconds(1)))) per second")

            var latencies: [Duration] = []
            var iterator = receiver.messages(channel).makeAsyncIterator()
            for _ in 0..<2000 {
                let sent = ContinuousClock.now
                _ = sender.send(channel, topic: "company", body: body)
                _ = await iterator.next()
                latencies.append(ContinuousClock.now - sent)
            }
            latencies.sort()
            print("one at a time: median \(latencies[1000]), 99th percentile \(latencies[1980])")
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}
