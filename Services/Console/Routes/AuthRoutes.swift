import Domain
import HTTPServing
import HTTPTypes
import Store

/// Signing in and out, sessions and API tokens.
struct AuthRoutes: Sendable {
    let core: ConsoleCore

    var routes: [Route] { [login, refresh, logout, logoutAll, me, listTokens, createToken, revokeToken] }

    private var login: Route {
        Route(
            .post, "/api/auth/login", tag: "auth", "Sign in with e-mail address and password.",
            permission: .everybody(because: "nobody is signed in yet"),
            body: .init(
                .object([("email", .string(3...254)), ("password", .string(1...200))]),
                example: ["email": "admin@example.com", "password": "correct horse battery"]),
            success: .ok(.named("Session")), refusals: [.credentials, .tooMany]
        ) { request in
            var fields = request.fields
            let email = fields.text("email", 3...254)
            let password = fields.text("password", 1...200)
            try fields.check()
            let session = try await core.sessions.signIn(
                email: email, password: password, sender: request.sender,
                userAgent: request.headers[.userAgent] ?? "", now: request.now)
            core.publish(session.journal)
            return try await opened(session)
        }
    }

    private var refresh: Route {
        Route(
            .post, "/api/auth/refresh", tag: "auth", "Exchange a refresh token for new tokens.",
            permission: .everybody(because: "the access token may have expired; the refresh token is the credential"),
            body: .init(
                .changes([("refresh_token", .string(1...200))]), example: ["refresh_token": "awr_…"],
                isRequired: false),
            success: .ok(.named("Session")), refusals: [.credentials]
        ) { request in
            var fields = request.fields
            let given = fields.optionalText("refresh_token", 1...200)
            try fields.check()
            let token = given ?? SessionCookies.value(SessionCookies.refresh, in: request.headers)
            guard let token else { throw SessionStore.Refusal.sessionEnded }
            let csrf = given == nil ? CSRFProof.header(request.headers[.csrfToken]) : .notNeeded
            return try await opened(try await core.sessions.refresh(token, csrf: csrf, now: request.now))
        }
    }

    private func opened(_ session: OpenedSession) async throws -> Reply {
        let tokens = session.tokens
        guard let viewer = try await SignedIn.find(token: tokens.access, in: core.database.identity) else {
            throw SessionStore.Refusal.sessionEnded
        }
        var reply = Reply.ok([
            "access_token": .string(tokens.access), "refresh_token": .string(tokens.refresh),
            "token_type": "Bearer", "expires_in": .integer(SessionTokens.accessSeconds),
            "csrf_token": .string(tokens.csrf), "user": viewer.json,
        ])
        reply.headers.append(contentsOf: core.cookies.set(tokens))
        return reply
    }

    private var logout: Route {
        Route(
            .post, "/api/auth/logout", tag: "auth", "End this session.", permission: .signedIn, success: .noContent
        ) { request in
            let viewer = try request.signedIn()
            guard case .session(let id, _) = viewer.proof else {
                throw Problem.forbidden("An API token has no session. Revoke the token instead.")
            }
            core.publish(try await core.sessions.signOut(id, of: viewer, now: request.now))
            return Reply(.noContent, body: nil, headers: core.cookies.cleared)
        }
    }

    private var logoutAll: Route {
        Route(
            .post, "/api/auth/logout-all", tag: "auth", "End every session of the person.", permission: .signedIn,
            success: .noContent
        ) { request in
            core.publish(try await core.sessions.signOutEverywhere(try request.signedIn(), now: request.now))
            return Reply(.noContent, body: nil, headers: core.cookies.cleared)
        }
    }

    private var me: Route {
        Route(
            .get, "/api/auth/me", tag: "auth", "Who is signed in.", permission: .signedIn,
            success: .ok(.named("User"))
        ) { request in
            .ok(try request.signedIn().json)
        }
    }

    private var listTokens: Route {
        Route(
            .get, "/api/auth/tokens", tag: "auth", "The API tokens of the person.", permission: .signedIn,
            query: PageRequest.parameters, success: .ok(.page(of: .named("ApiToken")))
        ) { request in
            let viewer = try request.signedIn()
            var query = request.queryReader
            let page = PageRequest(&query, list: "tokens")
            try query.check()
            let found = try await core.tokens.list(
                of: viewer.userID, after: page.after, limit: page.fetch, now: request.now)
            return .ok(page.page(found, list: "tokens", key: \.id, json: Self.json))
        }
    }

    private var createToken: Route {
        Route(
            .post, "/api/auth/tokens", tag: "auth", "Make an API token; it is shown this once.",
            permission: .signedIn,
            body: .init(
                .object(
                    [
                        ("name", .string(1...100)),
                        ("scopes", .list(of: .choice(["read", "write"]), maximum: 2)), ("expires_at", .time),
                    ], optional: ["expires_at"]), example: ["name": "deploy script", "scopes": ["read"]]),
            success: .created(.object([("token", .string()), ("api_token", .named("ApiToken"))]))
        ) { request in
            let viewer = try request.signedIn()
            guard case .session = viewer.proof else {
                throw Problem.forbidden("An API token can't make another one. Sign in.")
            }
            var fields = request.fields
            let name = fields.text("name", 1...100)
            let scopes = Array(Set(fields.strings("scopes", maximum: 2, 1...10) ?? [])).sorted()
            let expiry = fields.optionalInstant("expires_at")
            if scopes.isEmpty || !scopes.allSatisfy({ ["read", "write"].contains($0) }) {
                fields.note("scopes", "must hold read, write, or both")
            }
            if let expiry, expiry <= request.now { fields.note("expires_at", "must lie in the future") }
            try fields.check()
            let made = try await core.tokens.create(
                name: name, scopes: scopes, expiresAt: expiry, owner: viewer, now: request.now)
            core.publish(made.journal)
            return .created(
                ["token": .string(made.value.token), "api_token": Self.json(made.value.record)],
                location: "/api/auth/tokens/\(made.value.record.id)")
        }
    }

    private var revokeToken: Route {
        Route(
            .delete, "/api/auth/tokens/{id}", tag: "auth", "End an API token of one's own.", permission: .signedIn,
            success: .noContent
        ) { request in
            let viewer = try request.signedIn()
            core.publish(try await core.tokens.revoke(request.id, owner: viewer, now: request.now))
            return .noContent
        }
    }

    private static func json(_ token: ApiTokenRecord) -> JSONValue {
        [
            "id": .string(token.id), "name": .string(token.name), "scopes": .strings(token.scopes),
            "expires_at": .optional(token.expiresAt?.rfc3339), "created_at": .string(token.createdAt.rfc3339),
        ]
    }
}
