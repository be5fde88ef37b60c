/// Waiting times between tries: doubling from a first value to a highest one, each drawn between half and all of it so
/// that processes that failed together don't try again together.
public struct Backoff: Sendable {
    private let first: Duration
    private let highest: Duration
    private var failures = 0

    public init(first: Duration = .milliseconds(50), highest: Duration = .seconds(5)) {
        self.first = first
        self.highest = highest
    }

    /// The next waiting time; counts one more failure.
    public mutating func next() -> Duration {
        let doubled = first * (1 << min(failures, 20))
        failures += 1
        return min(doubled, highest) * Double.random(in: 0.5...1)
    }

    /// After a success.
    public mutating func reset() {
        failures = 0
    }
}
