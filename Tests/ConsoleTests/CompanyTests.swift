import HTTPTypes
import Secrets
import Testing

@testable import Console
@testable import Store

@Suite struct CompanyTests {
    @Test func makingACompanyShowsItsSecretsOnceAndAnExampleThatSigns() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("admin@msp.test")
            let made = try await console.send(
                .post, "/api/companies", token: admin, body: ["name": "Ärzte & Co."])
            #expect(made.status == 201)
            #expect(made.headers[.location] == "/api/companies/comp-arzte-co")
            let key = try #require(made.json["api_key"]?.string)
            let secret = try #require(made.json["hmac_secret"]?.string)
            #expect(key.hasPrefix("aw_"))
            #expect(made.json["company"]?["hmac_enabled"] == true)
            #expect(made.json["webhook_url"]?.string == "http://127.0.0.1:8080/api/webhooks/alerts?api_key=\(key)")
            let curl = try #require(made.json["example_curl"]?.string)
            #expect(curl.contains(secret) && curl.contains("X-Signature"))
            let read = try await console.send(.get, "/api/companies/comp-arzte-co", token: admin)
            #expect(read.json == made.json["company"])
            #expect(!read.json.text.contains(key) && !read.json.text.contains(secret))

            let found = try await console.core.database.identity.query(
                FindIntegrations(keyHashes: [RandomToken.hash(key)]))
            #expect(found.first?.companyID == "comp-arzte-co")
        }
    }

    @Test func companiesOfOneNameGetNumbers() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("admin@msp.test")
            for expected in ["comp-acme-2", "comp-acme-3"] {
                let made = try await console.send(.post, "/api/companies", token: admin, body: ["name": "ACME"])
                #expect(made.json["company"]?["id"]?.string == expected)
            }
            let taken = try await console.send(
                .post, "/api/companies", token: admin, body: ["name": "X", "id": "comp-acme"])
            #expect(taken.status == 409)
            #expect(taken.json["title"] == "company_exists")
        }
    }

    @Test func everythingWrongIsNamedAtOnce() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("admin@msp.test")
            let answer = try await console.send(
                .post, "/api/companies", token: admin,
                body: [
                    "name": "", "rate_limit": ["burst": 0], "correlation": ["window_minutes": 99],
                    "security": ["hmac_enabled": "yes"],
                ])
            #expect(answer.status == 422)
            #expect(
                Set(answer.wrongFields) == [
                    "name", "rate_limit.burst", "correlation.window_minutes", "security.hmac_enabled",
                ])
        }
    }

    @Test func settingsKeepWhatIsLeftOut() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("company_admin@acme.test")
            let path = "/api/companies/comp-acme/settings/"
            let changed = try await console.send(
                .put, path + "correlation", token: admin, body: ["window_minutes": 7, "key": "signature"])
            #expect(changed.json["window_minutes"] == 7)
            #expect(changed.json["roll_up_min_assets"] == 3)
            let again = try await console.send(.put, path + "correlation", token: admin, body: ["roll_up": false])
            #expect(again.json["window_minutes"] == 7 && again.json["roll_up"] == false)
            let sla = try await console.send(
                .put, path + "sla", token: admin, body: ["targets": ["high": ["response_minutes": 60]]])
            #expect(sla.json["targets"]?["high"] == ["response_minutes": 60, "resolution_minutes": 480])
            #expect(sla.json["targets"]?["low"]?["response_minutes"] == 1440)
            let wrong = try await console.send(
                .put, path + "correlation", token: admin, body: ["window_minutes": "ten"])
            #expect(wrong.wrongFields == ["window_minutes"])
            #expect(try await console.send(.get, path + "nothing", token: admin).status == 404)
        }
    }

    @Test func whatSendersAreJudgedByMakesCachedSettingsStale() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("company_admin@acme.test")
            func version() async throws -> Int {
                try await console.database.count(
                    "SELECT version FROM integration WHERE company_id = 'comp-acme' AND is_default")
            }
            let first = try await version()
            let off = try await console.send(
                .put, "/api/companies/comp-acme/settings/security", token: admin, body: ["hmac_enabled": false])
            #expect(off.json == ["hmac_enabled": false])
            #expect(try await version() == first + 1)
            _ = try await console.send(
                .put, "/api/companies/comp-acme/settings/rate-limit", token: admin, body: ["per_minute": 10])
            #expect(try await version() == first + 2)
            _ = try await console.send(.post, "/api/companies/comp-acme/api-key/rotate", token: admin)
            #expect(try await version() == first + 3)
            _ = try await console.send(.post, "/api/companies/comp-acme/hmac-secret/rotate", token: admin)
            #expect(try await version() == first + 4)
        }
    }

    @Test func aChangeOfSomethingThatChangedSinceIsRefused() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("admin@msp.test")
            let path = "/api/companies/comp-acme"
            let read = try await console.send(.get, path, token: admin)
            let tag = try #require(read.headers[.eTag])
            #expect(
                try await console.send(
                    .patch, path, token: admin, body: ["name": "One"], headers: [.ifMatch: tag]
                ).status == 200)
            let late = try await console.send(
                .patch, path, token: admin, body: ["name": "Two"], headers: [.ifMatch: tag])
            #expect(late.status == 412)
            #expect(try await console.send(.get, path, token: admin).json["name"] == "One")
        }
    }

    @Test func aRotatedKeyKeepsWorkingForItsGrace() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("company_admin@acme.test")
            let path = "/api/companies/comp-acme/api-key/rotate"
            let old = RandomToken.hash(console.acme.apiKey)
            let rotated = try await console.send(.post, path, token: admin, body: ["grace_seconds": 60])
            #expect(rotated.json["old_valid_until"]?.string != nil)
            let new = RandomToken.hash(try #require(rotated.json["api_key"]?.string))
            let identity = console.core.database.identity
            #expect(try await identity.query(FindIntegrations(keyHashes: [old])).first?.keyValidUntil != nil)
            #expect(try await identity.query(FindIntegrations(keyHashes: [new])).count == 1)
            _ = try await console.send(.post, path, token: admin, body: ["grace_seconds": 0])
            #expect(try await identity.query(FindIntegrations(keyHashes: [old, new])).isEmpty)
        }
    }

    @Test func aDeletedCompanyIsGoneAndItsKeyIsDead() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("admin@msp.test")
            #expect(try await console.send(.delete, "/api/companies/comp-acme", token: admin).status == 204)
            #expect(try await console.send(.get, "/api/companies/comp-acme", token: admin).status == 404)
            #expect(
                try await console.database.count(
                    "SELECT count(*) FROM integration WHERE company_id = 'comp-acme' AND enabled") == 0)
            let orphan = try await console.token("company_admin@acme.test")
            #expect(try await console.send(.get, "/api/companies", token: orphan).items.isEmpty)
        }
    }

    @Test func everyChangeIsInTheAuditLogWithoutSecrets() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("company_admin@acme.test")
            let rotated = try await console.send(.post, "/api/companies/comp-acme/api-key/rotate", token: admin)
            _ = try await console.send(
                .put, "/api/companies/comp-acme/settings/rate-limit", token: admin, body: ["burst": 500])
            let audit = try await console.send(.get, "/api/audit?company_id=comp-acme", token: admin)
            let actions = audit.items.compactMap { $0["action"]?.string }
            #expect(actions.prefix(2) == ["settings.updated", "integration.key_rotated"])
            #expect(audit.items.first?["data"] == ["before": ["burst": 120], "after": ["burst": 500]])
            #expect(audit.items.first?["actor"]?["name"]?.string == "Person company_admin of acme.test")
            #expect(!audit.json.text.contains(try #require(rotated.json["api_key"]?.string)))
            let some = try await console.send(.get, "/api/audit?action=settings&limit=1", token: admin)
            #expect(some.items.count == 1)
        }
    }
}
