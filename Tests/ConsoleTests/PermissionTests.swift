import HTTPTypes
import Testing

@testable import Console
@testable import Store

/// Tries every route of the registry as every role, on the viewer's own company and on a foreign one.
@Suite struct PermissionTests {
    /// Things of one company, by the kind that stands in a path.
    private struct Things {
        var company: String
        var items: [ItemKind: String]
        var alert: String
        var apiToken = "tok-none"

        /// The path of a route with the ids filled in.
        func path(of route: Route) -> String {
            let id: String
            switch route.permission.scope {
            case .companyInPath: id = company
            case .item(let kind): id = items[kind] ?? ""
            case .none, .companyInQuery: id = route.path.hasPrefix("/api/alerts") ? alert : apiToken
            }
            let path = route.path.replacing("{id}", with: id)
            return route.permission.scope == .companyInQuery ? path + "?company_id=\(company)" : path
        }
    }

    private static func things(of company: CreatedCompany, host: String, _ console: ConsoleFixture) async throws
        -> Things
    {
        let admin = try await console.token("admin@msp.test")
        let base = "/api/companies/\(company.company.id)"
        let asset = try await console.send(.post, base + "/assets", token: admin, body: ["name": "db-1"])
        let integration = try await console.send(.post, base + "/integrations", token: admin, body: ["name": "Other"])
        let window = try await console.send(
            .post, base + "/maintenance-windows", token: admin,
            body: [
                "name": "Patching",
                "schedule": ["starts_at": "2031-01-01T00:00:00Z", "ends_at": "2031-01-01T02:00:00Z"],
            ])
        let person = try await console.addPerson("extra@\(host)", .clientViewer, [company.company.id])
        let incident = try await console.addIncident(in: company)
        return Things(
            company: company.company.id.rawValue,
            items: [
                .incident: incident, .asset: try #require(asset.json["id"]?.string),
                .integration: try #require(integration.json["integration"]?["id"]?.string),
                .maintenanceWindow: try #require(window.json["id"]?.string), .user: person.id.rawValue,
            ], alert: try await console.addAlert(in: company, incident: incident))
    }

    /// Changes before deletions, and what ends the company or the session last.
    private static func inOrder(_ routes: [Route]) -> [Route] {
        func rank(_ route: Route) -> Int {
            if route.path.contains("logout") { return 4 }
            if route.path == "/api/companies/{id}", route.method == .delete { return 3 }
            return route.method == .delete ? 2 : 1
        }
        return routes.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
            .map(\.element)
    }

    @Test func nothingButWhatIsSaidToBeOpenAnswersWithoutSigningIn() async throws {
        try await ConsoleFixture.with { console in
            let own = try await Self.things(of: console.acme, host: "acme.test", console)
            for route in console.registry.routes where route.needsSignIn {
                let answer = try await console.send(
                    route.method, own.path(of: route), body: route.body?.example)
                #expect(answer.status == 401, "\(route.method) \(route.path)")
                #expect(answer.headers[.wwwAuthenticate] != nil)
            }
            let open = console.registry.routes.filter { !$0.needsSignIn }.map(\.path).sorted()
            #expect(open == ["/api/auth/login", "/api/auth/refresh", "/api/openapi.json"])
        }
    }

    @Test(arguments: Role.allCases)
    func aRoleMayDoWhatItsRoutesSayAndNothingElse(role: Role) async throws {
        try await ConsoleFixture.with { console in
            let own = try await Self.things(of: console.acme, host: "acme.test", console)
            let foreign = try await Self.things(of: console.zenith, host: "zenith.test", console)
            let check = AnswerSchemaCheck(components: Schemas.all)
            let session = try await console.signIn(ConsoleFixture.email(role))
            let token = try #require(session.json["access_token"]?.string)

            for route in console.registry.routes where route.needsSignIn && role != .mspAdmin {
                let isScoped = route.permission.scope != .none || route.path.hasPrefix("/api/alerts/")
                guard isScoped else { continue }
                let answer = try await console.send(
                    route.method, foreign.path(of: route), token: token, body: route.body?.example)
                let expected = !route.permission.allows(role) && route.permission.scope == .companyInQuery ? 403 : 404
                #expect(answer.status == expected, "foreign \(route.method) \(route.path): \(answer.json.text)")
            }
            let second = try await console.signIn(ConsoleFixture.email(role))
            let other = try #require(second.json["access_token"]?.string)
            for route in Self.inOrder(console.registry.routes) where route.needsSignIn {
                // The first session has ended by then.
                let proof = route.path == "/api/auth/logout-all" ? other : token
                let answer = try await console.send(
                    route.method, own.path(of: route), token: proof, body: route.body?.example)
                let what = "\(route.method) \(route.path): \(answer.status) \(answer.json.text)"
                if !route.permission.allows(role) {
                    #expect(answer.status == 403, "\(what)")
                    continue
                }
                #expect(![401, 403, 500].contains(answer.status), "\(what)")
                #expect(answer.status != 404 || route.path.contains("/auth/tokens/"), "\(what)")
                #expect(route.statuses.contains(answer.status), "not in the document: \(what)")
                if answer.status == route.success.status.code, let schema = route.success.schema {
                    #expect(check.problems(answer.json, schema.json) == [], "\(what)")
                }
                if answer.status >= 400 {
                    #expect(answer.headers[.contentType] == "application/problem+json", "\(what)")
                }
            }
        }
    }

    @Test func aReadTokenChangesNothing() async throws {
        try await ConsoleFixture.with { console in
            let token = try await console.token("admin@msp.test", scopes: ["read"])
            let own = try await Self.things(of: console.acme, host: "acme.test", console)
            for route in console.registry.routes where route.needsSignIn && route.isUnsafe {
                let answer = try await console.send(
                    route.method, own.path(of: route), token: token, body: route.body?.example)
                #expect(answer.status == 403, "\(route.method) \(route.path)")
            }
            #expect(try await console.send(.get, "/api/companies", token: token).status == 200)
            let writer = try await console.token("admin@msp.test", scopes: ["write"])
            #expect(try await console.send(.get, "/api/companies", token: writer).status == 403)
        }
    }

    @Test func listsShowOnlyWhatTheViewerMaySee() async throws {
        try await ConsoleFixture.with { console in
            let foreign = try await Self.things(of: console.zenith, host: "zenith.test", console)
            for role in [Role.companyAdmin, .technician, .clientViewer] {
                let token = try await console.token(ConsoleFixture.email(role))
                for route in console.registry.routes where route.method == .get && route.pathParameters.isEmpty {
                    let answer = try await console.send(.get, route.path, token: token)
                    let text = String(decoding: answer.bytes, as: UTF8.self)
                    for secret in [foreign.company, foreign.alert, "zenith.test"] + foreign.items.values {
                        #expect(!text.contains(secret), "\(route.path) shows \(secret) to \(role)")
                    }
                }
            }
        }
    }
}
