import HTTPTypes
import NIOCore
import Secrets
import Testing

@testable import Console
@testable import Store

@Suite struct ConventionTests {
    @Test func whatCantBeReadIsRefusedWithTheRightStatus() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("admin@msp.test")
            let path = "/api/companies"
            let form = try await console.send(
                .post, path, token: admin, body: ["name": "X"],
                headers: [.contentType: "application/x-www-form-urlencoded"])
            #expect(form.status == 415)
            let broken = try await console.raw(.post, path, token: admin, "{\"name\": ")
            #expect(broken.status == 400)
            let list = try await console.raw(.post, path, token: admin, "[]")
            #expect(list.status == 422)
            let empty = try await console.raw(.post, path, token: admin, "")
            #expect(empty.status == 400)
            let nul = try await console.raw(.post, path, token: admin, #"{"name": "a\u0000b"}"#)
            #expect(nul.status == 422 && nul.wrongFields == ["name"])
            let large = try await console.raw(
                .post, path, token: admin, #"{"name": ""# + String(repeating: "x", count: 300_000) + #""}"#)
            #expect(large.status == 413)
            #expect(try await console.send(.get, "/api/companies?q=%ff", token: admin).status == 400)
            #expect(try await console.send(.get, "/api/companies?q=%00", token: admin).status == 400)
            #expect(try await console.send(.get, "/api/nothing", token: admin).status == 404)
            let method = try await console.send(.delete, path, token: admin)
            #expect(method.status == 405 && method.headers[.allow] == "GET, POST")
            for answer in [form, broken, list, empty, nul, large, method] {
                #expect(answer.headers[.contentType] == "application/problem+json")
                #expect(answer.json["status"]?.integer == answer.status)
            }
        }
    }

    @Test func aRepeatUnderOneKeyChangesNothingAndGetsTheSameAnswer() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("admin@msp.test")
            let key: HTTPFields = [.idempotencyKey: "once"]
            let body: JSONValue = ["name": "Once Ltd"]
            let first = try await console.send(.post, "/api/companies", token: admin, body: body, headers: key)
            let second = try await console.send(.post, "/api/companies", token: admin, body: body, headers: key)
            #expect(first.status == 201 && second.status == 201)
            #expect(first.bytes == second.bytes)
            #expect(second.headers[.idempotentReplay] == "true")
            #expect(
                try await console.database.count("SELECT count(*) FROM company WHERE name = 'Once Ltd'") == 1)
            let other = try await console.send(
                .post, "/api/companies", token: admin, body: ["name": "Twice"], headers: key)
            #expect(other.status == 422 && other.wrongFields == ["Idempotency-Key"])
            let stored = try #require(first.json["api_key"]?.string)
            #expect(
                try await console.database.count(
                    "SELECT count(*) FROM idempotent_answer WHERE position('\(stored)'::bytea IN body) > 0") == 0)
        }
    }

    @Test func aFailedRequestFreesItsKey() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("admin@msp.test")
            let key: HTTPFields = [.idempotencyKey: "again"]
            #expect(
                try await console.send(.post, "/api/companies", token: admin, body: ["name": ""], headers: key).status
                    == 422)
            #expect(
                try await console.send(.post, "/api/companies", token: admin, body: ["name": "Ok"], headers: key).status
                    == 201)
        }
    }

    @Test func aRequestAtWorkHoldsItsKeyForAMinute() async throws {
        try await ConsoleFixture.with { console in
            let token = try await console.token("admin@msp.test")
            let viewer = try #require(
                try await SignedIn.find(token: token, in: console.core.database.identity))
            let store = IdempotencyStore(
                pool: console.core.database.identity, keys: try MasterKeys(MasterKeys.generate()))
            #expect(try await store.claim("k", of: viewer, requestHash: [1]) == .fresh)
            #expect(try await store.claim("k", of: viewer, requestHash: [1]) == .inProgress)
            #expect(try await store.claim("k", of: viewer, requestHash: [2]) == .mismatch)
            try await console.moveClock(ahead: 61)
            #expect(try await store.claim("k", of: viewer, requestHash: [1]) == .fresh)
        }
    }

    @Test func everyAnswerCarriesTheSecurityHeaders() async throws {
        try await ConsoleFixture.with { console in
            for path in ["/", "/console.js", "/api/companies", "/api/openapi.json", "/nothing", "/health/live"] {
                let headers = try await console.send(.get, path).headers
                let policy = try #require(headers[.contentSecurityPolicy])
                #expect(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"))
                #expect(!policy.contains("unsafe"))
                #expect(headers[.xContentTypeOptions] == "nosniff")
                #expect(headers[.referrerPolicy] == "no-referrer")
                #expect(headers[.strictTransportSecurity] == nil)
            }
        }
    }

    @Test func thePageNeedsNothingThatItsPolicyForbids() async throws {
        try await ConsoleFixture.with { console in
            let page = try await console.send(.get, "/")
            let html = String(decoding: page.bytes, as: UTF8.self)
            #expect(page.status == 200 && page.headers[.contentType] == "text/html; charset=utf-8")
            #expect(!html.contains("<style") && !html.contains("style=") && !html.contains("onclick"))
            for file in ["/console.js", "/console.css"] {
                #expect(html.contains("\"\(file)\""))
                #expect(try await console.send(.get, file).status == 200)
            }
        }
    }
}

extension ConsoleFixture {
    /// Sends a body as it stands.
    func raw(_ method: HTTPRequest.Method, _ path: String, token: String, _ body: String) async throws -> Answer {
        try await client.execute(
            uri: path, method: method,
            headers: [.authorization: "Bearer \(token)", .contentType: "application/json"],
            body: ByteBuffer(string: body)
        ) { response in
            let bytes = Array(buffer: response.body)
            return Answer(
                status: response.status.code, json: (try? JSONValue(parsing: bytes)) ?? .null,
                headers: response.headers, bytes: bytes)
        }
    }
}
