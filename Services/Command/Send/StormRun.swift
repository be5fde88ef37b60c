import Store
import Synchronization

/// What became of a storm.
struct StormTally: Sendable, Equatable {
    /// Alerts, by what Ingest said.
    var sent = 0
    var accepted = 0
    var limited = 0
    /// Other refusals, by status.
    var refused: [Int: Int] = [:]
    /// Alerts whose request got no answer.
    var unanswered = 0
    /// The longest wait that a 429 asked for, seconds.
    var retryAfter = 0
    var seconds = 0.0

    /// Counts one request of `alerts` alerts.
    mutating func count(_ answer: AlertSender.Answer?, alerts: Int) {
        sent += alerts
        switch answer?.status {
        case nil: unanswered += alerts
        case 200?, 202?: accepted += alerts
        case 429?:
            limited += alerts
            retryAfter = max(retryAfter, answer?.retryAfter ?? 0)
        case let status?: refused[status, default: 0] += alerts
        }
    }

    var lines: [String] {
        let rate = seconds > 0 ? Int(Double(accepted) / seconds) : accepted
        var lines = ["\(sent) alerts in \(rounded) s: \(accepted) accepted (\(rate) a second)."]
        if limited > 0 {
            lines.append(
                "\(limited) were over the company's rate (429): try again in \(retryAfter) s, raise the rate limit, or send "
                    + "larger requests (--batch 500).")
        }
        for (status, count) in refused.sorted(by: { $0.key < $1.key }) {
            lines.append("\(count) were refused with \(status).")
        }
        if unanswered > 0 { lines.append("\(unanswered) got no answer: is Ingest running? See `aw doctor`.") }
        return lines
    }

    var json: JSONValue {
        [
            "sent": .integer(sent), "accepted": .integer(accepted), "limited": .integer(limited),
            "refused": .object(
                Dictionary(
                    refused.map { (String($0.key), .integer($0.value)) }, uniquingKeysWith: { first, _ in first })),
            "unanswered": .integer(unanswered), "retry_after": .integer(retryAfter), "seconds": .number(rounded),
        ]
    }

    private var rounded: Double { (seconds * 100).rounded() / 100 }
}

/// The requests of a storm that are still to be sent, and what became of the others.
private final class StormProgress: Sendable {
    private struct State {
        var next = 0
        var tally = StormTally()
        var firstError: (any Error)?
    }

    private let requests: [[TestAlert]]
    private let state = Mutex(State())

    init(_ requests: [[TestAlert]]) {
        self.requests = requests
    }

    var tally: StormTally { state.withLock { $0.tally } }
    var firstError: (any Error)? { state.withLock { $0.firstError } }

    /// The next request, for one caller; nil when there is none left.
    func take() -> [TestAlert]? {
        state.withLock { state in
            guard state.next < requests.count else { return nil }
            defer { state.next += 1 }
            return requests[state.next]
        }
    }

    func note(_ answer: AlertSender.Answer?, error: (any Error)?, alerts: Int) {
        state.withLock { state in
            state.tally.count(answer, alerts: alerts)
            state.firstError = state.firstError ?? error
        }
    }
}

/// Sends a storm over several connections at once, with a progress line where there is a terminal.
struct StormRun {
    var target: AlertTarget
    var connections: Int

    /// - Throws: What went wrong first when not one request was answered.
    func send(_ requests: [[TestAlert]]) async throws -> StormTally {
        let progress = StormProgress(requests)
        let total = requests.reduce(0) { $0 + $1.count }
        let workers = min(connections, requests.count)
        let clock = ContinuousClock()
        let began = clock.now
        try await AlertSender.with(target, connections: connections) { sender in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<workers {
                    group.addTask {
                        while let alerts = progress.take() { try await Self.send(alerts, by: sender, noting: progress) }
                        return true
                    }
                }
                if Terminal.showsProgress {
                    group.addTask {
                        while !Task.isCancelled {
                            Self.show(progress.tally, of: total)
                            try? await Task.sleep(for: .milliseconds(100))
                        }
                        return false
                    }
                }
                var finished = 0
                while finished < workers, let isWorker = try await group.next() { finished += isWorker ? 1 : 0 }
                group.cancelAll()
            }
        }
        if Terminal.showsProgress { Terminal.progress("") }
        var tally = progress.tally
        let passed = clock.now - began
        tally.seconds = Double(passed.components.seconds) + Double(passed.components.attoseconds) / 1e18
        if tally.unanswered == total, let error = progress.firstError { throw error }
        return tally
    }

    private static func send(
        _ alerts: [TestAlert], by sender: AlertSender, noting progress: StormProgress
    ) async throws {
        do {
            progress.note(try await sender.send(alerts), error: nil, alerts: alerts.count)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            progress.note(nil, error: error, alerts: alerts.count)
        }
    }

    private static func show(_ tally: StormTally, of total: Int) {
        Terminal.progress("\(tally.sent) of \(total) sent, \(tally.accepted) accepted, \(tally.limited) over the rate")
    }
}
