import ArgumentParser
import Domain
import Runtime
import Store

/// `aw company`: client companies.
struct CompanyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "company", abstract: "Makes and lists client companies.",
        discussion: """
            Examples:
              aw company create "Acme Corp"                     the id is made from the name: comp-acme-corp
              aw company create "Acme Corp" --id comp-acme --no-hmac
              aw company list
            """,
        subcommands: [Create.self, List.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a company, and prints its API key and signing secret this once.",
            discussion: """
                Examples:
                  aw company create "Acme Corp"
                  aw company create "Acme Corp" --id comp-acme --json
                """)

        @Argument(help: "Its name, 1 to 200 characters.")
        var name: String

        @Option(help: "Its id, such as comp-acme; made from the name when left out.")
        var id: String?

        @Flag(inversion: .prefixedNo, help: "Whether requests have to be signed.")
        var hmac = true

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let draft = CompanyDraft(name: name, id: id.map { CompanyID($0) }, isHMACEnabled: hmac)
            let (created, webhook) = try await CommandDatabase.with(common.settings()) { database in
                let store = CompanyStore(keys: try database.masterKeys())
                let written = try await store.create(
                    draft, actor: .operator, now: database.clock.now, pool: database.pool)
                let base = try database.settings.settings.text(SettingsCatalogue.ingestPublicURL)
                return (written.value, "\(base)/api/webhooks/alerts?api_key=\(written.value.apiKey)")
            }
            if common.json {
                return Terminal.result([
                    "company": ["id": .string(created.company.id.rawValue), "name": .string(created.company.name)],
                    "api_key": .string(created.apiKey), "hmac_secret": .string(created.hmacSecret),
                    "webhook_url": .string(webhook),
                ])
            }
            Terminal.result(
                """
                Company      \(created.company.id)  \(created.company.name)
                API key      \(created.apiKey)
                HMAC secret  \(created.hmacSecret)
                Webhook      \(webhook)
                The key and the secret are shown this once.
                """)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the companies.", discussion: "Example: aw company list --json")

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let companies = try await CommandDatabase.with(common.settings()) { database in
                let store = CompanyStore(keys: try database.masterKeys())
                let ids = try await database.pool.query(ReadCompanyIDs())
                let scope = "{" + ids.map(\.rawValue).joined(separator: ",") + "}"
                return try await database.pool.withTransaction(
                    settings: [(name: "aw.companies", value: scope)], readOnly: true
                ) { try await store.list(limit: ids.count, in: $0) }
            }
            if common.json {
                return Terminal.result(["items": .array(companies.map(\.summary))])
            }
            let rows = companies.map {
                [$0.id.rawValue, $0.name, $0.defaultAuth, $0.apiKeyPrefix + "…", $0.createdAt.rfc3339]
            }
            for line in TextTable.lines([["ID", "NAME", "AUTH", "KEY", "CREATED"]] + rows) { Terminal.result(line) }
        }
    }
}

extension CompanyRecord {
    fileprivate var summary: JSONValue {
        [
            "id": .string(id.rawValue), "name": .string(name), "auth": .string(defaultAuth),
            "api_key_prefix": .string(apiKeyPrefix), "created_at": .string(createdAt.rfc3339),
        ]
    }
}
