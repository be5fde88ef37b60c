import HTTPTypes
import Testing

@testable import Console
@testable import Store

@Suite struct SignInTests {
    /// The value of a cookie that an answer sets, and its attributes.
    private func cookie(_ name: String, _ answer: ConsoleFixture.Answer) -> (value: String, attributes: String)? {
        for header in answer.headers[values: .setCookie] where header.hasPrefix(name + "=") {
            let parts = header.dropFirst(name.count + 1).split(
                separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
        return nil
    }

    @Test func signingInGivesTokensCookiesAndThePerson() async throws {
        try await ConsoleFixture.with { console in
            let answer = try await console.signIn("Company_Admin@Acme.test")
            #expect(answer.status == 200)
            #expect(answer.json["token_type"] == "Bearer")
            #expect(answer.json["expires_in"] == 1800)
            #expect(answer.json["user"]?["role"] == "company_admin")
            #expect(answer.json["user"]?["company_ids"] == ["comp-acme"])
            #expect(answer.json["refresh_token"]?.string != nil)
            let session = try #require(cookie("aw_session", answer))
            #expect(session.value == answer.json["access_token"]?.string)
            #expect(session.attributes.contains("HttpOnly") && session.attributes.contains("SameSite=Lax"))
            #expect(!session.attributes.contains("Secure"))
            let csrf = try #require(cookie("aw_csrf", answer))
            #expect(csrf.value == answer.json["csrf_token"]?.string && !csrf.attributes.contains("HttpOnly"))
            let me = try await console.send(.get, "/api/auth/me", token: session.value)
            #expect(me.json == answer.json["user"])
        }
    }

    @Test func overHTTPSCookiesNeverTravelWithoutIt() async throws {
        try await ConsoleFixture.with(publicURL: "https://alerts.example.com/") { console in
            let answer = try await console.signIn("admin@msp.test")
            for name in ["aw_session", "aw_refresh", "aw_csrf"] {
                #expect(try #require(cookie(name, answer)).attributes.contains("Secure"))
            }
            #expect(answer.headers[.strictTransportSecurity]?.contains("max-age") == true)
        }
    }

    @Test func wrongPasswordAndUnknownPersonGetTheSameAnswer() async throws {
        try await ConsoleFixture.with { console in
            let wrong = try await console.signIn("admin@msp.test", "not the password")
            let unknown = try await console.signIn("nobody@msp.test", "not the password")
            #expect(wrong.status == 401)
            #expect(wrong.status == unknown.status && wrong.bytes == unknown.bytes)
            #expect(
                try await console.database.count(
                    "SELECT count(*) FROM journal WHERE kind = 'sign_in.failed' AND company_id = '_msp'") == 2)
        }
    }

    @Test func aDeletedPersonCanNeitherSignInNorGoOn() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("admin@msp.test")
            let session = try await console.signIn("technician@acme.test")
            let token = try #require(session.json["access_token"]?.string)
            let id = try #require(session.json["user"]?["id"]?.string)
            #expect(try await console.send(.delete, "/api/users/\(id)", token: admin).status == 204)
            #expect(try await console.send(.get, "/api/auth/me", token: token).status == 401)
            #expect(try await console.signIn("technician@acme.test").status == 401)
        }
    }

    @Test func aCookieNeedsTheCSRFTokenForChanges() async throws {
        try await ConsoleFixture.with { console in
            let answer = try await console.signIn("admin@msp.test")
            let session = "aw_session=\(try #require(cookie("aw_session", answer)).value)"
            let csrf = try #require(answer.json["csrf_token"]?.string)
            let path = "/api/companies/comp-acme"
            let body: JSONValue = ["name": "Acme Two"]
            #expect(try await console.send(.get, path, headers: [.cookie: session]).status == 200)
            #expect(try await console.send(.patch, path, body: body, headers: [.cookie: session]).status == 403)
            #expect(
                try await console.send(
                    .patch, path, body: body, headers: [.cookie: session, .csrfToken: csrf + "x"]
                ).status == 403)
            #expect(
                try await console.send(.patch, path, body: body, headers: [.cookie: session, .csrfToken: csrf]).status
                    == 200)
        }
    }

    @Test func refreshingEndsTheOldTokens() async throws {
        try await ConsoleFixture.with { console in
            let first = try await console.signIn("admin@msp.test")
            let second = try await console.send(
                .post, "/api/auth/refresh", body: ["refresh_token": first.json["refresh_token"] ?? .null])
            #expect(second.status == 200)
            let old = try #require(first.json["access_token"]?.string)
            let new = try #require(second.json["access_token"]?.string)
            #expect(try await console.send(.get, "/api/auth/me", token: old).status == 401)
            #expect(try await console.send(.get, "/api/auth/me", token: new).status == 200)
        }
    }

    @Test func aRefreshTokenUsedTwiceEndsTheSession() async throws {
        try await ConsoleFixture.with { console in
            let first = try await console.signIn("admin@msp.test")
            let used: JSONValue = ["refresh_token": first.json["refresh_token"] ?? .null]
            let second = try await console.send(.post, "/api/auth/refresh", body: used)
            let token = try #require(second.json["access_token"]?.string)
            #expect(try await console.send(.post, "/api/auth/refresh", body: used).status == 401)
            #expect(try await console.send(.get, "/api/auth/me", token: token).status == 401)
            let last: JSONValue = ["refresh_token": second.json["refresh_token"] ?? .null]
            #expect(try await console.send(.post, "/api/auth/refresh", body: last).status == 401)
            #expect(
                try await console.database.count("SELECT count(*) FROM journal WHERE kind = 'session.reuse_detected'")
                    == 1)
        }
    }

    @Test func theRefreshCookieNeedsTheCSRFToken() async throws {
        try await ConsoleFixture.with { console in
            let answer = try await console.signIn("admin@msp.test")
            let refresh = "aw_refresh=\(try #require(cookie("aw_refresh", answer)).value)"
            let csrf = try #require(answer.json["csrf_token"]?.string)
            #expect(try await console.send(.post, "/api/auth/refresh", headers: [.cookie: refresh]).status == 403)
            let renewed = try await console.send(
                .post, "/api/auth/refresh", headers: [.cookie: refresh, .csrfToken: csrf])
            #expect(renewed.status == 200)
        }
    }

    @Test func tokensEndWithTheirTime() async throws {
        try await ConsoleFixture.with { console in
            let answer = try await console.signIn("admin@msp.test")
            let token = try #require(answer.json["access_token"]?.string)
            try await console.database.setClock(ahead: 31 * 60)
            try await console.clock.synchronise(with: console.core.database.identity)
            #expect(try await console.send(.get, "/api/auth/me", token: token).status == 401)
            try await console.database.setClock(ahead: 8 * 86_400)
            try await console.clock.synchronise(with: console.core.database.identity)
            let late = try await console.send(
                .post, "/api/auth/refresh", body: ["refresh_token": answer.json["refresh_token"] ?? .null])
            #expect(late.status == 401)
        }
    }

    @Test func signingOutEndsOneSessionAndSigningOutEverywhereAll() async throws {
        try await ConsoleFixture.with { console in
            var tokens: [String] = []
            for _ in 0..<3 {
                tokens.append(try #require(try await console.signIn("admin@msp.test").json["access_token"]?.string))
            }
            let out = try await console.send(.post, "/api/auth/logout", token: tokens[0])
            #expect(out.status == 204)
            #expect(cookie("aw_session", out)?.value == "")
            #expect(try await console.send(.get, "/api/auth/me", token: tokens[0]).status == 401)
            #expect(try await console.send(.get, "/api/auth/me", token: tokens[1]).status == 200)
            #expect(try await console.send(.post, "/api/auth/logout-all", token: tokens[1]).status == 204)
            #expect(try await console.send(.get, "/api/auth/me", token: tokens[2]).status == 401)
        }
    }

    @Test func apiTokensAreShownOnceAndEndWhenRevoked() async throws {
        try await ConsoleFixture.with { console in
            let session = try #require(try await console.signIn("admin@msp.test").json["access_token"]?.string)
            let made = try await console.send(
                .post, "/api/auth/tokens", token: session, body: ["name": "script", "scopes": ["read"]])
            #expect(made.status == 201)
            let token = try #require(made.json["token"]?.string)
            let id = try #require(made.json["api_token"]?["id"]?.string)
            #expect(try await console.send(.get, "/api/companies", token: token).status == 200)
            let another = try await console.send(
                .post, "/api/auth/tokens", token: try await console.token("admin@msp.test"),
                body: ["name": "more", "scopes": ["write"]])
            #expect(another.status == 403)
            let list = try await console.send(.get, "/api/auth/tokens", token: session)
            #expect(list.items.contains { $0["id"]?.string == id })
            #expect(!list.json.text.contains(token))
            #expect(try await console.send(.delete, "/api/auth/tokens/\(id)", token: session).status == 204)
            #expect(try await console.send(.get, "/api/companies", token: token).status == 401)
            #expect(try await console.send(.delete, "/api/auth/tokens/\(id)", token: session).status == 404)
        }
    }
}
