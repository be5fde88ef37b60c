import Synchronization

@testable import ZeroMQ

/// A directory whose readings and writings can be made to fail or to show something else.
final class ScriptedDirectory: InstanceDirectory {
    struct Unreachable: Error {}

    struct Script {
        var failsReading = false
        var failsRegistering = false
        var registrations = 0
        var show: @Sendable ([ServiceInstance]) -> [ServiceInstance] = { $0 }
    }

    let base: any InstanceDirectory
    private let script = Mutex(Script())

    init(_ base: any InstanceDirectory = InMemoryInstanceDirectory()) {
        self.base = base
    }

    func change(_ change: (inout Script) -> Void) {
        script.withLock { change(&$0) }
    }

    var registrations: Int { script.withLock { $0.registrations } }

    func register(_ instance: ServiceInstance) async throws {
        let fails = script.withLock { script in
            script.registrations += 1
            return script.failsRegistering
        }
        if fails { throw Unreachable() }
        try await base.register(instance)
    }

    func heartbeat(_ id: String) async throws -> Bool { try await base.heartbeat(id) }

    func deregister(_ id: String) async throws { try await base.deregister(id) }

    func liveInstances() async throws -> [ServiceInstance] {
        let (fails, show) = script.withLock { ($0.failsReading, $0.show) }
        if fails { throw Unreachable() }
        return show(try await base.liveInstances())
    }
}

/// A clock that only moves when told.
final class ManualMicroseconds: Sendable {
    private let now = Mutex<Int64>(1_000_000_000)

    func advance(seconds: Int64) { now.withLock { $0 += seconds * 1_000_000 } }
    func read() -> Int64 { now.withLock { $0 } }
}
