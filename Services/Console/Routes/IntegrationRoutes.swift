import Domain
import HTTPServing
import HTTPTypes
import Store

/// The tools that send alerts for a company.
struct IntegrationRoutes: Sendable {
    let core: ConsoleCore

    var routes: [Route] { [list, create, update, delete, rotateKey, rotateSecret] }

    /// How requests prove themselves.
    private enum Auth: String, CaseIterable {
        case hmac, bearer
        case secretURL = "secret_url"
    }

    private var list: Route {
        Route(
            .get, "/api/companies/{id}/integrations", tag: "integrations", "Integrations of a company, oldest first.",
            permission: .roles(.administrators, .companyInPath), query: PageRequest.parameters,
            success: .ok(.page(of: .named("Integration")))
        ) { request in
            var query = request.queryReader
            let page = PageRequest(&query, list: "integrations")
            try query.check()
            let found = try await core.read(request) { transaction in
                try await core.integrations.list(
                    companyID: CompanyID(request.id), after: page.after.map { IntegrationID($0) }, limit: page.fetch,
                    in: transaction)
            }
            return .ok(page.page(found, list: "integrations", key: \.id.rawValue, json: Self.json))
        }
    }

    private var create: Route {
        Route(
            .post, "/api/companies/{id}/integrations", tag: "integrations",
            "Add an integration with its own key and secret, shown this once.",
            permission: .roles(.administrators, .companyInPath),
            body: .init(
                .object(
                    [
                        ("name", .string(1...200)), ("source", .choice(CompanySchemas.sources)),
                        ("auth", CompanySchemas.auth),
                    ], optional: ["source", "auth"]),
                example: ["name": "Prometheus", "source": "prometheus", "auth": "bearer"]),
            success: .created(
                .object([
                    ("integration", .named("Integration")), ("api_key", .string()), ("hmac_secret", .string()),
                    ("webhook_url", .string()),
                ]))
        ) { request in
            let viewer = try request.signedIn()
            var fields = request.fields
            let name = fields.text("name", 1...200)
            let source = fields.optionalText("source", 1...40) ?? "generic"
            let auth = fields.choice("auth", Auth.self) ?? .hmac
            if !CompanySchemas.sources.contains(source) {
                fields.note("source", "must be one of " + CompanySchemas.sources.joined(separator: ", "))
            }
            try fields.check()
            let made = try await core.change(request) { transaction in
                try await core.integrations.create(
                    companyID: CompanyID(request.id), name: name, source: source, auth: auth.rawValue,
                    actor: viewer.actor, now: request.now, in: transaction)
            }
            let path = source == "generic" ? "alerts" : source
            return .created(
                [
                    "integration": Self.json(made.integration), "api_key": .string(made.apiKey),
                    "hmac_secret": .string(made.hmacSecret),
                    "webhook_url": .string("\(core.ingestURL)/api/webhooks/\(path)?api_key=\(made.apiKey)"),
                ], location: "/api/integrations/\(made.integration.id)", version: made.integration.version)
        }
    }

    private var update: Route {
        Route(
            .patch, "/api/integrations/{id}", tag: "integrations", "Change an integration.",
            permission: .roles(.administrators, .item(.integration)),
            body: .init(
                .changes([("name", .string(1...200)), ("auth", CompanySchemas.auth), ("enabled", .boolean)]),
                example: ["enabled": false]),
            success: .ok(.named("Integration")), refusals: [.version]
        ) { request in
            let viewer = try request.signedIn()
            var fields = request.fields
            let name = fields.optionalText("name", 1...200)
            let auth = fields.choice("auth", Auth.self)
            let isEnabled = fields.optionalBool("enabled")
            try fields.check()
            let changed = try await core.change(request) { transaction in
                try await core.integrations.update(
                    IntegrationID(request.id), name: name, auth: auth?.rawValue, isEnabled: isEnabled,
                    version: request.ifMatch, actor: viewer.actor, now: request.now, in: transaction)
            }
            return .ok(Self.json(changed), version: changed.version)
        }
    }

    private var delete: Route {
        Route(
            .delete, "/api/integrations/{id}", tag: "integrations", "Take an integration away.",
            permission: .roles(.administrators, .item(.integration)), success: .noContent,
            refusals: [.conflict, .version]
        ) { request in
            let viewer = try request.signedIn()
            try await core.change(request) { transaction in
                try await core.integrations.delete(
                    IntegrationID(request.id), version: request.ifMatch, actor: viewer.actor, now: request.now,
                    in: transaction)
            }
            return .noContent
        }
    }

    private var rotateKey: Route {
        Route(
            .post, "/api/integrations/{id}/key/rotate", tag: "integrations",
            "A new key, shown this once. The old one works for the grace time.",
            permission: .roles(.administrators, .item(.integration)), body: CompanyRoutes.rotation,
            success: .ok(
                .object([
                    ("integration", .named("Integration")), ("api_key", .string()),
                    ("old_valid_until", Schema.time.orNull),
                ]))
        ) { request in
            let viewer = try request.signedIn()
            let grace = try CompanyRoutes.grace(request)
            let made = try await core.change(request) { transaction in
                try await core.integrations.rotateKey(
                    .integration(IntegrationID(request.id)), grace: grace, actor: viewer.actor, now: request.now,
                    in: transaction)
            }
            return .ok([
                "integration": Self.json(made.integration), "api_key": .string(made.apiKey),
                "old_valid_until": CompanyRoutes.end(of: grace, from: request.now),
            ])
        }
    }

    private var rotateSecret: Route {
        Route(
            .post, "/api/integrations/{id}/hmac-secret/rotate", tag: "integrations",
            "A new signing secret, shown this once. The old one works for the grace time.",
            permission: .roles(.administrators, .item(.integration)), body: CompanyRoutes.rotation,
            success: .ok(
                .object([
                    ("integration", .named("Integration")), ("hmac_secret", .string()),
                    ("old_valid_until", Schema.time.orNull),
                ]))
        ) { request in
            let viewer = try request.signedIn()
            let grace = try CompanyRoutes.grace(request)
            let made = try await core.change(request) { transaction in
                try await core.integrations.rotateSecret(
                    .integration(IntegrationID(request.id)), grace: grace, actor: viewer.actor, now: request.now,
                    in: transaction)
            }
            return .ok([
                "integration": Self.json(made.integration), "hmac_secret": .string(made.hmacSecret),
                "old_valid_until": CompanyRoutes.end(of: grace, from: request.now),
            ])
        }
    }

    private static func json(_ integration: IntegrationRecord) -> JSONValue {
        [
            "id": .string(integration.id.rawValue), "company_id": .string(integration.companyID.rawValue),
            "name": .string(integration.name), "source": .string(integration.source),
            "auth": .string(integration.auth), "default": .bool(integration.isDefault),
            "api_key_prefix": .string(integration.apiKeyPrefix), "enabled": .bool(integration.isEnabled),
            "last_seen_at": .optional(integration.lastSeenAt?.rfc3339),
            "created_at": .string(integration.createdAt.rfc3339), "version": .integer(Int(integration.version)),
        ]
    }
}
