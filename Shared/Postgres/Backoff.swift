/// Waiting times that double from attempt to attempt, with random jitter so that many clients do not come back at once.
struct Backoff: Sendable {
    let first: Duration
    let longest: Duration

    /// For connecting: a database that restarts is back within seconds.
    static let connecting = Backoff(first: .milliseconds(50), longest: .seconds(2))
    /// For repeating a transaction that lost against another.
    static let transaction = Backoff(first: .milliseconds(10), longest: .milliseconds(500))

    /// - Parameter attempt: How many attempts have failed so far, from 1.
    /// - Returns: Between half of and the full waiting time of that attempt.
    func delay(afterFailures attempt: Int) -> Duration {
        let doublings = min(max(attempt - 1, 0), 20)
        let full = min(first * (1 << doublings), longest)
        return full * Double.random(in: 0.5...1)
    }
}
