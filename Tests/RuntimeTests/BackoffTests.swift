import Testing

@testable import Runtime

@Suite struct BackoffTests {
    @Test func eachWaitIsBetweenHalfAndAllOfADoublingTimeUpToTheHighest() {
        var backoff = Backoff(first: .milliseconds(100), highest: .seconds(1))
        for limit in [100, 200, 400, 800, 1000, 1000] {
            let wait = backoff.next()
            #expect(wait >= .milliseconds(limit) / 2)
            #expect(wait <= .milliseconds(limit))
        }
    }

    @Test func afterManyFailuresTheWaitIsStillTheHighest() {
        var backoff = Backoff(first: .milliseconds(50), highest: .seconds(5))
        for _ in 0..<10_000 { _ = backoff.next() }
        #expect(backoff.next() <= .seconds(5))
    }

    @Test func aSuccessStartsFromTheFirstWaitAgain() {
        var backoff = Backoff(first: .milliseconds(100), highest: .seconds(10))
        for _ in 0..<5 { _ = backoff.next() }
        backoff.reset()
        #expect(backoff.next() <= .milliseconds(100))
    }
}
