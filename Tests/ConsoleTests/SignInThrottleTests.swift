import HTTPTypes
import Testing

@testable import Console
@testable import Store

@Suite struct SignInThrottleTests {
    @Test func fiveFailuresBlockTheAddressAlsoForTheRightPassword() async throws {
        try await ConsoleFixture.with { console in
            for number in 1...5 {
                let answer = try await console.signIn("admin@msp.test", "wrong password", sender: "192.0.2.\(number)")
                #expect(answer.status == 401)
            }
            let blocked = try await console.signIn("admin@msp.test", sender: "192.0.2.9")
            #expect(blocked.status == 429)
            let wait = try #require(blocked.headers[.retryAfter].flatMap(Int.init))
            #expect((1...30).contains(wait))
            #expect(
                try await console.database.count("SELECT count(*) FROM journal WHERE kind = 'sign_in.blocked'") == 1)

            try await console.moveClock(ahead: 31)
            #expect(try await console.signIn("admin@msp.test", sender: "192.0.2.9").status == 200)
        }
    }

    @Test func eachFurtherFailureBlocksTwiceAsLong() async throws {
        try await ConsoleFixture.with { console in
            for _ in 0..<5 { _ = try await console.signIn("admin@msp.test", "wrong password") }
            try await console.moveClock(ahead: 31)
            #expect(try await console.signIn("admin@msp.test", "wrong password").status == 401)
            let blocked = try await console.signIn("admin@msp.test")
            let wait = try #require(blocked.headers[.retryAfter].flatMap(Int.init))
            #expect((31...60).contains(wait))
        }
    }

    @Test func anUnknownAddressIsBlockedLikeAKnownOne() async throws {
        try await ConsoleFixture.with { console in
            for _ in 0..<5 { _ = try await console.signIn("nobody@msp.test", "wrong password") }
            #expect(try await console.signIn("nobody@msp.test").status == 429)
        }
    }

    @Test func twentyFailuresBlockTheSender() async throws {
        try await ConsoleFixture.with { console in
            // As the twenty attempts of one sender left it, without waiting for twenty password checks.
            let throttle = SignInThrottle(pool: console.core.database.identity)
            for number in 0..<20 {
                let attempt = try await throttle.begin(
                    email: "person\(number)@msp.test", sender: "198.51.100.7", now: console.clock.now)
                try await throttle.failed(attempt, homeCompany: nil, now: console.clock.now)
            }
            #expect(try await console.signIn("admin@msp.test", sender: "198.51.100.7").status == 429)
            #expect(try await console.signIn("admin@msp.test", sender: "198.51.100.8").status == 200)
        }
    }

    @Test func aSuccessForgetsTheFailuresOfTheAddress() async throws {
        try await ConsoleFixture.with { console in
            for _ in 0..<4 { _ = try await console.signIn("admin@msp.test", "wrong password") }
            #expect(try await console.signIn("admin@msp.test").status == 200)
            for _ in 0..<4 { _ = try await console.signIn("admin@msp.test", "wrong password") }
            #expect(try await console.signIn("admin@msp.test").status == 200)
        }
    }
}

extension ConsoleFixture {
    /// Sets the clock that all processes share, and ours by it.
    func moveClock(ahead seconds: Double) async throws {
        try await database.setClock(ahead: seconds)
        try await clock.synchronise(with: core.database.identity)
    }
}
