import Domain
import HTTPServing
import HTTPTypes
import Store

/// Client companies and their settings.
struct CompanyRoutes: Sendable {
    let core: ConsoleCore

    var routes: [Route] {
        [list, create, item, update, delete, rotateKey, rotateSecret]
            + SettingsSection.allCases.flatMap { [settings($0), changeSettings($0)] }
    }

    private var list: Route {
        Route(
            .get, "/api/companies", tag: "companies", "Companies that the viewer may see, by id.",
            permission: .roles(.everyRole, .none),
            query: [.init("q", .string(0...200), "Part of the name or id.")] + PageRequest.parameters,
            success: .ok(.page(of: .named("Company")))
        ) { request in
            var query = request.queryReader
            let page = PageRequest(&query, list: "companies")
            let text = query.text("q")
            try query.check()
            let companies = try await core.read(request) { transaction in
                try await core.companies.list(
                    text: text, after: page.after.map { CompanyID($0) }, limit: page.fetch, in: transaction)
            }
            return .ok(page.page(companies, list: "companies", key: \.id.rawValue, json: json))
        }
    }

    private var create: Route {
        Route(
            .post, "/api/companies", tag: "companies",
            "Make a company. The answer shows its key and signing secret, this once.",
            permission: .roles(.provider, .none),
            body: .init(
                .object(
                    [
                        ("name", .string(1...200)), ("id", .string(6...65, pattern: "^comp-[a-z0-9-]{1,60}$")),
                        ("security", CompanySchemas.changes(.security)),
                        ("rate_limit", CompanySchemas.changes(.rateLimit)),
                        ("correlation", CompanySchemas.changes(.correlation)),
                        ("sla", CompanySchemas.changes(.sla)),
                    ], optional: ["id", "security", "rate_limit", "correlation", "sla"]),
                example: ["name": "Acme", "security": ["hmac_enabled": true]]),
            success: .created(
                .object([
                    ("company", .named("Company")), ("api_key", .string()), ("hmac_secret", .string()),
                    ("webhook_url", .string()), ("example_curl", .string()),
                ])), refusals: [.conflict]
        ) { request in
            let viewer = try request.signedIn()
            let draft = try Self.draft(request)
            let made = try await core.companies.create(
                draft, actor: viewer.actor, now: request.now, pool: core.database.identity)
            core.publish(made.journal)
            let created = made.value
            let example = WebhookExample(
                ingestURL: core.ingestURL, apiKey: created.apiKey,
                secret: draft.isHMACEnabled ? created.hmacSecret : nil)
            return .created(
                [
                    "company": json(created.company), "api_key": .string(created.apiKey),
                    "hmac_secret": .string(created.hmacSecret), "webhook_url": .string(example.url),
                    "example_curl": .string(example.curl),
                ], location: "/api/companies/\(created.company.id)", version: created.company.version)
        }
    }

    private static func draft(_ request: APIRequest) throws -> CompanyDraft {
        var fields = request.fields
        let name = fields.text("name", 1...200)
        let id = fields.optionalText("id", 1...65)
        var settings = CompanySettings()
        for (field, section) in [
            ("rate_limit", SettingsSection.rateLimit), ("correlation", .correlation), ("sla", .sla),
        ] {
            guard let changes = request.body[field], changes != .null else { continue }
            do {
                try settings.change(section, by: changes)
            } catch StoreRefusal.invalid(let problems) {
                for problem in problems {
                    fields.note(problem.field.isEmpty ? field : "\(field).\(problem.field)", problem.message)
                }
            }
        }
        var isSigned = true
        if let security = request.body["security"], security != .null {
            switch (security.object, security["hmac_enabled"]) {
            case (nil, _): fields.note("security", "must be an object")
            case (_, .some(.bool(let flag))): isSigned = flag
            case (_, nil): break
            default: fields.note("security.hmac_enabled", "must be true or false")
            }
        }
        try fields.check()
        return CompanyDraft(
            name: name, id: id.map { CompanyID($0) }, isHMACEnabled: isSigned, settings: settings)
    }

    private var item: Route {
        Route(
            .get, "/api/companies/{id}", tag: "companies", "A company.",
            permission: .roles(.everyRole, .companyInPath), success: .ok(.named("Company"))
        ) { request in
            let company = try await core.read(request) {
                try await core.companies.company(CompanyID(request.id), in: $0)
            }
            guard let company else { throw Problem.notFound("company") }
            return .ok(json(company), version: company.version)
        }
    }

    private var update: Route {
        Route(
            .patch, "/api/companies/{id}", tag: "companies", "Rename a company.",
            permission: .roles(.administrators, .companyInPath),
            body: .init(.changes([("name", .string(1...200))]), example: ["name": "Acme GmbH"]),
            success: .ok(.named("Company")), refusals: [.version]
        ) { request in
            let viewer = try request.signedIn()
            var fields = request.fields
            let name = fields.optionalText("name", 1...200)
            try fields.check()
            let id = CompanyID(request.id)
            let company = try await core.change(request) { transaction in
                let present = try await core.companies.company(id, in: transaction)?.name ?? ""
                return try await core.companies.rename(
                    id, to: name ?? present, version: request.ifMatch, actor: viewer.actor, now: request.now,
                    in: transaction)
            }
            return .ok(json(company), version: company.version)
        }
    }

    private var delete: Route {
        Route(
            .delete, "/api/companies/{id}", tag: "companies", "End a company; its keys stop working at once.",
            permission: .roles(.provider, .companyInPath), success: .noContent, refusals: [.version]
        ) { request in
            let viewer = try request.signedIn()
            try await core.change(request) { transaction in
                try await core.companies.delete(
                    CompanyID(request.id), version: request.ifMatch, actor: viewer.actor, now: request.now,
                    in: transaction)
            }
            return .noContent
        }
    }

    func json(_ company: CompanyRecord) -> JSONValue {
        [
            "id": .string(company.id.rawValue), "name": .string(company.name),
            "hmac_enabled": .bool(company.defaultAuth == "hmac"),
            "api_key_prefix": .string(company.apiKeyPrefix),
            "rate_limit": [
                "per_minute": .integer(company.rateLimit.perMinute), "burst": .integer(company.rateLimit.burst),
            ],
            "webhook_url": .string(core.ingestURL + "/api/webhooks/alerts"),
            "created_at": .string(company.createdAt.rfc3339), "updated_at": .string(company.updatedAt.rfc3339),
            "version": .integer(Int(company.version)),
        ]
    }
}
