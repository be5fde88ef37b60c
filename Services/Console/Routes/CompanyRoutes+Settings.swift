import Domain
import HTTPTypes
import Store

extension CompanyRoutes {
    func settings(_ section: SettingsSection) -> Route {
        Route(
            .get, "/api/companies/{id}/settings/\(section.rawValue)", tag: "settings",
            "The \(section.rawValue) settings.", permission: .roles(.administrators, .companyInPath),
            success: .ok(CompanySchemas.section(section))
        ) { request in
            let (json, version) = try await core.read(request) { transaction in
                try await core.companies.settings(section, of: CompanyID(request.id), in: transaction)
            }
            return .ok(json, version: version)
        }
    }

    func changeSettings(_ section: SettingsSection) -> Route {
        Route(
            .put, "/api/companies/{id}/settings/\(section.rawValue)", tag: "settings",
            "Change the \(section.rawValue) settings. Fields left out keep their value.",
            permission: .roles(.administrators, .companyInPath),
            body: .init(CompanySchemas.changes(section), example: CompanySchemas.example(section)),
            success: .ok(CompanySchemas.section(section)), refusals: [.version]
        ) { request in
            let viewer = try request.signedIn()
            let company = try await core.change(request) { transaction in
                try await core.companies.change(
                    section, of: CompanyID(request.id), by: request.body, version: request.ifMatch,
                    actor: viewer.actor, now: request.now, in: transaction)
            }
            return .ok(try CompanyStore.json(section, of: company), version: company.version)
        }
    }

    var rotateKey: Route {
        Route(
            .post, "/api/companies/{id}/api-key/rotate", tag: "companies",
            "A new key for the default integration, shown this once. The old one works for the grace time.",
            permission: .roles(.administrators, .companyInPath), body: Self.rotation,
            success: .ok(.object([("api_key", .string()), ("old_valid_until", Schema.time.orNull)]))
        ) { request in
            let viewer = try request.signedIn()
            let grace = try Self.grace(request)
            let made = try await core.change(request) { transaction in
                try await core.integrations.rotateKey(
                    .defaultOf(CompanyID(request.id)), grace: grace, actor: viewer.actor, now: request.now,
                    in: transaction)
            }
            return .ok([
                "api_key": .string(made.apiKey), "old_valid_until": Self.end(of: grace, from: request.now),
            ])
        }
    }

    var rotateSecret: Route {
        Route(
            .post, "/api/companies/{id}/hmac-secret/rotate", tag: "companies",
            "A new signing secret for the default integration, shown this once. The old one works for the grace time.",
            permission: .roles(.administrators, .companyInPath), body: Self.rotation,
            success: .ok(.object([("hmac_secret", .string()), ("old_valid_until", Schema.time.orNull)]))
        ) { request in
            let viewer = try request.signedIn()
            let grace = try Self.grace(request)
            let made = try await core.change(request) { transaction in
                try await core.integrations.rotateSecret(
                    .defaultOf(CompanyID(request.id)), grace: grace, actor: viewer.actor, now: request.now,
                    in: transaction)
            }
            return .ok([
                "hmac_secret": .string(made.hmacSecret), "old_valid_until": Self.end(of: grace, from: request.now),
            ])
        }
    }

    /// How long an old secret works beside a new one, when the caller does not say.
    private static let usualGraceSeconds = 3600

    static let rotation = Route.Body(
        .changes([("grace_seconds", .integer(0...604_800, "How long the old one works; an hour when left out."))]),
        example: ["grace_seconds": 3600], isRequired: false)

    static func grace(_ request: APIRequest) throws -> Duration {
        var fields = request.fields
        let seconds = fields.optionalInteger("grace_seconds", 0...604_800) ?? usualGraceSeconds
        try fields.check()
        return .seconds(seconds)
    }

    static func end(of grace: Duration, from now: Timestamp) -> JSONValue {
        grace > .zero ? .string((now + grace).rfc3339) : .null
    }
}
