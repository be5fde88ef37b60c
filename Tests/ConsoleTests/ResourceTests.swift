import HTTPTypes
import Testing

@testable import Console
@testable import Store

@Suite struct IntegrationTests {
    @Test func anIntegrationHasItsOwnKeyAndWay() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("company_admin@acme.test")
            let path = "/api/companies/comp-acme/integrations"
            let made = try await console.send(
                .post, path, token: admin, body: ["name": "Prom", "source": "prometheus", "auth": "bearer"])
            #expect(made.status == 201)
            let key = try #require(made.json["api_key"]?.string)
            #expect(made.json["integration"]?["api_key_prefix"]?.string == String(key.prefix(10)))
            #expect(made.json["webhook_url"]?.string?.contains("/api/webhooks/prometheus?") == true)
            let id = try #require(made.json["integration"]?["id"]?.string)
            let list = try await console.send(.get, path, token: admin)
            #expect(list.items.map { $0["default"] } == [true, false])
            let off = try await console.send(
                .patch, "/api/integrations/\(id)", token: admin, body: ["enabled": false])
            #expect(off.json["enabled"] == false && off.json["auth"] == "bearer")
            #expect(try await console.send(.delete, "/api/integrations/\(id)", token: admin).status == 204)
            #expect(try await console.send(.delete, "/api/integrations/\(id)", token: admin).status == 404)
            let wrong = try await console.send(
                .post, path, token: admin, body: ["name": "X", "source": "carrier-pigeon", "auth": "none"])
            #expect(Set(wrong.wrongFields) == ["source", "auth"])
        }
    }

    @Test func theDefaultIntegrationStays() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("company_admin@acme.test")
            let answer = try await console.send(
                .delete, "/api/integrations/\(console.acme.integration.id)", token: admin)
            #expect(answer.status == 409)
            #expect(answer.json["title"] == "default_integration")
        }
    }
}

@Suite struct AssetTests {
    @Test func assetsAreMadeListedAndChanged() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("company_admin@acme.test")
            let path = "/api/companies/comp-acme/assets"
            let database = try await console.send(.post, path, token: admin, body: ["name": "db-1", "critical": true])
            let id = try #require(database.json["id"]?.string)
            let web = try await console.send(
                .post, path, token: admin,
                body: ["name": "web-1", "depends_on": [.string(id)], "instance_id": "i-0abc"])
            #expect(web.status == 201)
            #expect(web.json["depends_on"] == [.string(id)])
            #expect(try await console.send(.post, path, token: admin, body: ["name": "db-1"]).status == 409)
            let list = try await console.send(.get, path + "?q=WEB", token: admin)
            #expect(list.items.map { $0["name"] } == ["web-1"])
            let webID = try #require(web.json["id"]?.string)
            let changed = try await console.send(
                .patch, "/api/assets/\(webID)", token: admin, body: ["instance_id": nil, "kind": "container"])
            #expect(changed.json["instance_id"] == .null && changed.json["kind"] == "container")
            #expect(
                try await console.send(.patch, "/api/assets/\(webID)", token: admin, body: ["name": "db-1"]).status
                    == 409)
        }
    }

    @Test func dependenciesStayInsideTheCompany() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("admin@msp.test")
            let foreign = try await console.send(
                .post, "/api/companies/comp-zenith/assets", token: admin, body: ["name": "z"])
            let answer = try await console.send(
                .post, "/api/companies/comp-acme/assets", token: admin,
                body: ["name": "a", "depends_on": [foreign.json["id"] ?? .null]])
            #expect(answer.status == 422 && answer.wrongFields == ["depends_on"])
        }
    }
}

@Suite struct MaintenanceTests {
    @Test func aWindowSetsTheTimerOfItsEnd() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("company_admin@acme.test")
            let made = try await console.send(
                .post, "/api/companies/comp-acme/maintenance-windows", token: admin,
                body: [
                    "name": "Patching", "scope": ["assets": ["web-*"]],
                    "schedule": ["starts_at": "2031-01-01T00:00:00Z", "ends_at": "2031-01-01T02:00:00Z"],
                ])
            #expect(made.status == 201)
            #expect(made.json["in_force"] == false && made.json["next_start"] == "2031-01-01T00:00:00Z")
            let id = try #require(made.json["id"]?.string)
            let due = "SELECT count(*) FROM timer WHERE kind = 'window_end' AND subject = '\(id)'"
            #expect(try await console.database.count(due + " AND due_at = '2031-01-01T02:00:00Z'") == 1)
            let off = try await console.send(
                .patch, "/api/maintenance-windows/\(id)", token: admin, body: ["enabled": false])
            #expect(off.status == 200 && off.json["name"] == "Patching")
            #expect(try await console.database.count(due) == 0)
        }
    }

    @Test func endingAWindowInForceHasItsAlertsDecidedAgainNow() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("company_admin@acme.test")
            let made = try await console.send(
                .post, "/api/companies/comp-acme/maintenance-windows", token: admin,
                body: [
                    "name": "Now",
                    "schedule": ["starts_at": "2020-01-01T00:00:00Z", "ends_at": "2100-01-01T00:00:00Z"],
                ])
            #expect(made.json["in_force"] == true)
            let id = try #require(made.json["id"]?.string)
            #expect(try await console.send(.delete, "/api/maintenance-windows/\(id)", token: admin).status == 204)
            #expect(
                try await console.database.count(
                    "SELECT count(*) FROM timer WHERE subject = '\(id)' AND due_at <= aw_now()") == 1)
        }
    }

    @Test func aWrongScheduleIsNamed() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("company_admin@acme.test")
            let path = "/api/companies/comp-acme/maintenance-windows"
            let zone = try await console.send(
                .post, path, token: admin,
                body: [
                    "name": "X",
                    "schedule": [
                        "frequency": "daily", "time_zone": "Europe/Atlantis", "start_time": "02:00",
                        "duration_minutes": 60,
                    ],
                ])
            #expect(zone.wrongFields == ["schedule.time_zone"])
            let missing = try await console.send(.post, path, token: admin, body: ["name": "X"])
            #expect(missing.wrongFields == ["schedule"])
        }
    }
}

@Suite struct UserTests {
    @Test func anAdminOfACompanyManagesItsPeopleOnly() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("company_admin@acme.test")
            let body: JSONValue = [
                "email": "new@acme.test", "name": "New", "role": "client_viewer",
                "password": "a long enough password", "company_ids": ["comp-acme"],
            ]
            let made = try await console.send(.post, "/api/users", token: admin, body: body)
            #expect(made.status == 201)
            #expect(!made.json.text.contains("password"))
            #expect(try await console.send(.post, "/api/users", token: admin, body: body).status == 409)
            let foreign = try await console.send(
                .post, "/api/users", token: admin,
                body: body.merging(["email": "a@b.test", "company_ids": ["comp-zenith"]]))
            #expect(foreign.wrongFields == ["company_ids"])
            let higher = try await console.send(
                .post, "/api/users", token: admin,
                body: body.merging(["email": "a@b.test", "role": "msp_admin", "company_ids": []]))
            #expect(higher.wrongFields.contains("role"))
            let technician = try await console.id(of: "technician@acme.test")
            #expect(try await console.send(.get, "/api/users/\(technician)", token: admin).status == 200)
            let change = try await console.send(
                .patch, "/api/users/\(technician)", token: admin, body: ["name": "Mine"])
            #expect(change.status == 403)
        }
    }

    @Test func aNewPasswordEndsEverySession() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("admin@msp.test")
            let session = try await console.signIn("technician@acme.test")
            let token = try #require(session.json["access_token"]?.string)
            let id = try #require(session.json["user"]?["id"]?.string)
            let short = try await console.send(.patch, "/api/users/\(id)", token: admin, body: ["password": "short"])
            #expect(short.wrongFields == ["password"])
            let changed = try await console.send(
                .patch, "/api/users/\(id)", token: admin, body: ["password": "another long password"])
            #expect(changed.status == 200)
            #expect(try await console.send(.get, "/api/auth/me", token: token).status == 401)
            #expect(try await console.signIn("technician@acme.test", "another long password").status == 200)
        }
    }

    @Test func theLastAdminStays() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("admin@msp.test")
            let id = try await console.id(of: "admin@msp.test")
            #expect(try await console.send(.delete, "/api/users/\(id)", token: admin).status == 409)
            let demoted = try await console.send(
                .patch, "/api/users/\(id)", token: admin, body: ["role": "technician"])
            #expect(demoted.status == 409 && demoted.json["title"] == "last_admin")
            let second = try await console.addPerson("second@msp.test", .mspAdmin, [])
            #expect(try await console.send(.delete, "/api/users/\(second.id)", token: admin).status == 204)
        }
    }

    @Test func aTechnicianMovesBetweenCompanies() async throws {
        try await ConsoleFixture.with { console in
            let admin = try await console.token("admin@msp.test")
            let id = try await console.id(of: "technician@acme.test")
            let token = try await console.token("technician@acme.test")
            let moved = try await console.send(
                .patch, "/api/users/\(id)", token: admin, body: ["company_ids": ["comp-zenith"]])
            #expect(moved.json["company_ids"] == ["comp-zenith"])
            #expect(try await console.send(.get, "/api/companies/comp-acme", token: token).status == 404)
            #expect(try await console.send(.get, "/api/companies/comp-zenith", token: token).status == 200)
        }
    }
}
