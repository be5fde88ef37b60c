import ArgumentParser
import Domain
import Foundation
import Secrets
import Store

/// `aw user`: the people who sign in.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Makes and lists people, and gives them new passwords.",
        discussion: """
            Examples:
              aw user create ada@example.com --name "Ada" --role msp_admin
              aw user create bob@acme.example --role company_admin --company comp-acme
              aw user reset-password ada@example.com
              aw user list
            """,
        subcommands: [Create.self, ResetPassword.self, List.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds a person, and prints their password this once.",
            discussion: """
                Examples:
                  aw user create ada@example.com --name "Ada" --role msp_admin
                  aw user create bob@acme.example --role technician --company comp-acme --company comp-demo
                  pass show aw/ada | aw user create ada@example.com --role msp_admin --password-stdin
                """)

        @Argument(help: "The e-mail address with which they sign in.")
        var email: String

        @Option(help: "Their name; that before the @ when left out.")
        var name: String?

        @Option(help: "What they may do: msp_admin, company_admin, technician or client_viewer.")
        var role: Role

        @Option(help: "A company that they serve or belong to; may be given several times.")
        var company: [String] = []

        @Option(help: "Something that they know, such as linux; may be given several times.")
        var skill: [String] = []

        @OptionGroup var password: PasswordOption
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let draft = UserDraft(
                email: email, name: name ?? String(email.prefix { $0 != "@" }), role: role,
                companyIDs: company.map { CompanyID($0) }, skills: skill)
            let chosen = try password.choose()
            let users = UserStore(hashing: PasswordHashing())
            let hash = try await users.hash(chosen.text)
            let user = try await CommandDatabase.with(common.settings()) { database in
                try await database.pool.withTransaction { transaction in
                    try await users.create(
                        draft, passwordHash: hash, actor: .operator, now: database.clock.now, in: transaction)
                }
            }
            chosen.report(user.value, asJSON: common.json)
        }
    }

    struct ResetPassword: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset-password",
            abstract: "Gives a person a new password, prints it this once, and ends their sessions.",
            discussion: """
                Examples:
                  aw user reset-password ada@example.com
                  pass show aw/ada | aw user reset-password ada@example.com --password-stdin
                """)

        @Argument(help: "Their e-mail address.")
        var email: String

        @OptionGroup var password: PasswordOption
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let chosen = try password.choose()
            let user = try await CommandDatabase.with(common.settings()) { database in
                try await PasswordReset(database: database).perform(email: email, password: chosen.text)
            }
            chosen.report(user, asJSON: common.json)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the people.", discussion: "Example: aw user list --company comp-acme")

        @Option(help: "Only those who serve this company or belong to it.")
        var company: String?

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let users = try await CommandDatabase.with(common.settings()) { database in
                try await UserStore(hashing: PasswordHashing()).list(
                    companyID: company.map { CompanyID($0) }, limit: 100_000, in: database.pool)
            }
            if common.json { return Terminal.result(["items": .array(users.map(\.summary))]) }
            let rows = users.map {
                [$0.email, $0.name, $0.role.rawValue, $0.companyIDs.map(\.rawValue).joined(separator: ",")]
            }
            for line in TextTable.lines([["EMAIL", "NAME", "ROLE", "COMPANIES"]] + rows) { Terminal.result(line) }
        }
    }
}

extension Role: ExpressibleByArgument {}

extension UserRecord {
    var summary: JSONValue {
        [
            "id": .string(id.rawValue), "email": .string(email), "name": .string(name),
            "role": .string(role.rawValue), "company_ids": .strings(companyIDs.map(\.rawValue)),
        ]
    }
}
