/// The bookkeeping of a pool: who holds what, who waits, and when to connect. Pure; opens and closes nothing itself.
struct PoolState<Resource: Sendable>: Sendable {
    typealias Waiter = PoolWaiter<Resource>

    enum Phase {
        /// Everybody may take.
        case open
        /// Those who wait and those who have taken may finish.
        case draining
        case closed
    }

    /// What becomes of a resource that somebody gave back.
    enum Placement: Equatable {
        case kept, handedOver, mustClose
    }

    /// What a failed connection attempt leads to.
    enum Retry: Equatable {
        case giveUp
        case again(afterFailures: Int)
    }

    struct Idle {
        let resource: Resource
        let since: ContinuousClock.Instant
    }

    let maximum: Int
    private(set) var phase = Phase.open
    /// Most recently used last.
    private(set) var idle: [Idle] = []
    private(set) var waiters: [Waiter] = []
    private(set) var leased = 0
    private(set) var opening = 0
    private(set) var failures = 0
    private(set) var lastFailure: PostgresError?
    var counters = PoolStatistics()

    init(maximum: Int) {
        self.maximum = maximum
    }

    var total: Int { idle.count + leased + opening }
    var isDrained: Bool { phase != .open && leased == 0 && waiters.isEmpty }

    /// Takes an idle resource; `nil` when the caller must wait.
    mutating func take() throws(PostgresError) -> Resource? {
        guard phase == .open else { throw PostgresError(.poolClosed) }
        guard waiters.isEmpty, let last = idle.popLast() else { return nil }
        leased += 1
        counters.acquired += 1
        return last.resource
    }

    /// Takes all resources that have been idle since before `moment`, for a look at their health.
    mutating func takeIdle(since moment: ContinuousClock.Instant) -> [Idle] {
        let old = idle.filter { $0.since < moment }
        idle.removeAll { $0.since < moment }
        leased += old.count
        return old
    }

    /// Queues somebody who must wait.
    ///
    /// - Returns: How many connections to start opening.
    mutating func enqueue(_ waiter: Waiter) throws(PostgresError) -> Int {
        guard phase == .open else { throw PostgresError(.poolClosed) }
        waiters.append(waiter)
        return startOpening()
    }

    /// Forgets somebody who no longer waits.
    mutating func remove(_ waiter: Waiter) {
        waiters.removeAll { $0 === waiter }
    }

    /// Takes back a resource that is fit for use.
    mutating func put(_ resource: Resource, since moment: ContinuousClock.Instant = .now) -> Placement {
        leased -= 1
        if phase == .closed { return .mustClose }
        while !waiters.isEmpty {
            if waiters.removeFirst().settle(.success(resource)) {
                leased += 1
                counters.acquired += 1
                return .handedOver
            }
        }
        if phase == .draining { return .mustClose }
        let index = idle.lastIndex { $0.since <= moment }.map { $0 + 1 } ?? 0
        idle.insert(Idle(resource: resource, since: moment), at: index)
        return .kept
    }

    /// Notes that a resource that had been taken is gone.
    ///
    /// - Returns: How many connections to start opening.
    mutating func discard() -> Int {
        leased -= 1
        counters.discarded += 1
        return startOpening()
    }

    /// Takes in a new resource.
    mutating func opened(_ resource: Resource) -> (placement: Placement, openers: Int) {
        opening -= 1
        leased += 1
        failures = 0
        lastFailure = nil
        counters.opened += 1
        let placement = put(resource)
        return (placement, startOpening())
    }

    /// Notes a failed attempt to connect. While attempts fail, only one goes on. An error that trying again cannot cure
    /// is given to all who wait.
    mutating func openFailed(_ error: PostgresError) -> Retry {
        failures += 1
        lastFailure = error
        if !error.isRetryable {
            for waiter in waiters { waiter.settle(.failure(error)) }
            waiters = []
        }
        if waiters.isEmpty || opening > 1 || phase == .closed {
            opening -= 1
            return .giveUp
        }
        return .again(afterFailures: failures)
    }

    /// Gives up an announced connection after a pause in which all who waited have left.
    mutating func stopOpeningIfUnwanted() -> Bool {
        guard waiters.isEmpty || phase == .closed else { return false }
        opening -= 1
        return true
    }

    /// How many connections to start opening so that nobody waits in vain and at least `minimum` exist.
    mutating func startOpening(minimum: Int = 0) -> Int {
        guard phase != .closed else { return 0 }
        var started = 0
        while total < maximum, opening < waiters.count || (phase == .open && total < minimum),
            failures == 0 || opening == 0
        {
            opening += 1
            started += 1
        }
        return started
    }

    /// Refuses new callers from now on.
    ///
    /// - Returns: The idle resources, to close.
    mutating func drain() -> [Resource] {
        if phase == .open { phase = .draining }
        defer { idle = [] }
        return idle.map(\.resource)
    }

    /// Refuses everybody from now on.
    mutating func close() {
        phase = .closed
        for waiter in waiters { waiter.settle(.failure(PostgresError(.poolClosed))) }
        waiters = []
    }

    var statistics: PoolStatistics {
        var now = counters
        now.open = idle.count + leased
        now.idle = idle.count
        now.opening = opening
        now.waiting = waiters.count
        now.maximum = maximum
        now.consecutiveConnectFailures = failures
        return now
    }
}
