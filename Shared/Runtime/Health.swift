import Synchronization

/// One thing that must hold for a process to do its work.
public struct ReadinessCheck: Sendable {
    public struct Result: Sendable, Equatable, Codable {
        public var name: String
        public var ok: Bool
        /// What is wrong and what to do, or a figure when all is well.
        public var detail: String

        public init(name: String, ok: Bool, detail: String) {
            self.name = name
            self.ok = ok
            self.detail = detail
        }
    }

    public var name: String
    private let check: @Sendable () async -> (ok: Bool, detail: String)

    public init(_ name: String, _ check: @escaping @Sendable () async -> (ok: Bool, detail: String)) {
        self.name = name
        self.check = check
    }

    func run() async -> Result {
        let (ok, detail) = await check()
        return Result(name: name, ok: ok, detail: detail)
    }
}

/// Whether a process lives and is ready: live as long as it answers, ready when every check passes and it is not
/// draining.
public final class Health: Sendable {
    private struct State {
        var checks: [ReadinessCheck] = []
        var isDraining = false
    }

    private let state = Mutex(State())

    public init() {}

    public func add(_ check: ReadinessCheck) {
        state.withLock { $0.checks.append(check) }
    }

    /// From now on not ready, so that a load balancer sends nothing more.
    public func drain() {
        state.withLock { $0.isDraining = true }
    }

    /// Runs all checks, one after the other.
    public func report() async -> [ReadinessCheck.Result] {
        let (checks, draining) = state.withLock { ($0.checks, $0.isDraining) }
        var results: [ReadinessCheck.Result] = []
        if draining {
            results.append(.init(name: "draining", ok: false, detail: "The process is stopping; use another one."))
        }
        for check in checks { results.append(await check.run()) }
        return results
    }
}
