import Testing

@testable import Postgres

@Suite("The pool's bookkeeping")
struct PoolStateTests {
    private typealias State = PoolState<String>

    @Test("announces one connection for each who waits, up to the limit")
    func opensOnDemand() throws {
        var state = State(maximum: 2)
        #expect(try state.take() == nil)
        #expect(try state.enqueue(PoolWaiter()) == 1)
        #expect(try state.enqueue(PoolWaiter()) == 1)
        #expect(try state.enqueue(PoolWaiter()) == 0)
        #expect(state.statistics.waiting == 3)
    }

    @Test("hands a new connection to the one who has waited longest, past those who have left")
    func skipsThoseWhoLeft() async throws {
        var state = State(maximum: 1)
        let left = PoolWaiter<String>()
        let next = PoolWaiter<String>()
        _ = try state.enqueue(left)
        _ = try state.enqueue(next)
        left.settle(.failure(PostgresError(.cancelled)))
        #expect(state.opened("a").placement == .handedOver)
        #expect(try await next.value() == "a")
        #expect(state.put("a") == .kept)
        #expect(try state.take() == "a")
    }

    @Test("goes on with one attempt while the database is out of reach, and with all once it is back")
    func backsOff() throws {
        var state = State(maximum: 4)
        for _ in 0..<3 { _ = try state.enqueue(PoolWaiter()) }
        let refused = PostgresError(.connectionFailed)
        #expect(state.openFailed(refused) == .giveUp)
        #expect(state.openFailed(refused) == .giveUp)
        #expect(state.openFailed(refused) == .again(afterFailures: 3))
        #expect(try state.enqueue(PoolWaiter()) == 0)
        let (placement, openers) = state.opened("a")
        #expect(placement == .handedOver)
        #expect(openers == 3)
        #expect(state.failures == 0)
    }

    @Test("tells all who wait when trying again cannot help")
    func permanentFailure() async throws {
        var state = State(maximum: 1)
        let waiter = PoolWaiter<String>()
        _ = try state.enqueue(waiter)
        #expect(state.openFailed(PostgresError(.connectionFailed, sqlState: "28P01")) == .giveUp)
        #expect(await postgresError { try await waiter.value() }?.sqlState == "28P01")
        #expect(state.total == 0)
    }

    @Test("replaces a connection that is gone while somebody waits")
    func replaces() throws {
        var state = State(maximum: 1)
        _ = try state.enqueue(PoolWaiter())
        _ = state.opened("a")
        _ = try state.enqueue(PoolWaiter())
        #expect(state.discard() == 1)
    }

    @Test("reuses the connection that worked last")
    func reusesLatest() throws {
        var state = State(maximum: 2)
        let start = ContinuousClock.now
        for name in ["a", "b"] {
            _ = state.startOpening(minimum: 2)
            _ = state.opened(name)
        }
        #expect(state.takeIdle(since: start + .seconds(60)).map(\.resource) == ["a", "b"])
        #expect(state.put("b", since: start + .seconds(2)) == .kept)
        #expect(state.put("a", since: start + .seconds(1)) == .kept)
        #expect(try state.take() == "b")
    }

    @Test("pauses grow to a limit and differ")
    func backoff() {
        let backoff = Backoff(first: .milliseconds(100), longest: .seconds(1))
        for (failures, full) in [(1, 100), (2, 200), (3, 400), (50, 1000)] {
            let delay = backoff.delay(afterFailures: failures)
            #expect(delay >= .milliseconds(full / 2) && delay <= .milliseconds(full))
        }
        #expect(Set((0..<20).map { _ in backoff.delay(afterFailures: 9) }).count > 1)
    }
}
