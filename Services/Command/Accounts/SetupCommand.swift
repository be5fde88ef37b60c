import ArgumentParser
import Domain
import Foundation
import Secrets
import Store

/// `aw setup`: the first MSP admin and a demo company, once.
struct SetupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup", abstract: "Makes the first MSP admin and a demo company, where they are missing.",
        discussion: """
            Keeps their password, key and secret in a file that only its owner may read, and changes nothing as long as \
            the file belongs to the database. Without that file, an admin or a company that is there already is given a new \
            password, key and secret. scripts/up uses this.

            Example: aw setup --credentials .run/credentials.json
            """)

    @Option(help: "The file that keeps them.")
    var credentials: String

    @Option(help: "The admin's e-mail address.")
    var email = "admin@msp.example"

    @Option(help: "The demo company's id.")
    var company = "comp-demo"

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let file = URL(filePath: credentials)
        let kept = try await CommandDatabase.with(common.settings()) { database in
            try await FirstAccounts(database: database, file: file, email: email, companyID: CompanyID(company)).make()
        }
        if common.json {
            return Terminal.result([
                "admin_email": .string(kept.adminEmail), "admin_password": .string(kept.adminPassword),
                "company_id": .string(kept.companyID), "api_key": .optional(kept.apiKey),
                "hmac_secret": .optional(kept.hmacSecret),
            ])
        }
        Terminal.result("The first accounts are in \(credentials).")
    }
}

/// Makes the first accounts so that a stop at any moment loses no secret: what can be chosen is kept before it is used.
struct FirstAccounts {
    var database: CommandDatabase
    var file: URL
    var email: String
    var companyID: CompanyID

    func make() async throws -> Credentials {
        let mark = try await database.pool.first(ReadDatabaseMark()) ?? ""
        var kept: Credentials
        let isNew: Bool
        if let known = Credentials.read(file), known.database == mark {
            (kept, isNew) = (known, false)
        } else {
            kept = Credentials(
                database: mark, adminEmail: email, adminPassword: RandomToken.make(length: 20),
                companyID: companyID.rawValue)
            isNew = true
            try kept.write(file)
        }
        try await makeAdmin(kept, isNew: isNew)
        if kept.apiKey == nil || kept.hmacSecret == nil {
            try await makeCompany(&kept)
            try kept.write(file)
        }
        return kept
    }

    private func makeAdmin(_ kept: Credentials, isNew: Bool) async throws {
        let users = UserStore(hashing: PasswordHashing())
        if try await database.pool.first(ReadUserByEmail(email: kept.adminEmail)) == nil {
            let hash = try await users.hash(kept.adminPassword)
            let draft = UserDraft(email: kept.adminEmail, name: "MSP Admin", role: .mspAdmin)
            _ = try await database.pool.withTransaction { transaction in
                try await users.create(
                    draft, passwordHash: hash, actor: .operator, now: database.clock.now, in: transaction)
            }
        } else if isNew {
            Terminal.note("\(kept.adminEmail) was there already and is given a new password.")
            _ = try await PasswordReset(database: database).perform(
                email: kept.adminEmail, password: kept.adminPassword)
        }
    }

    private func makeCompany(_ kept: inout Credentials) async throws {
        let keys = try database.masterKeys()
        let (now, companyID) = (database.clock.now, companyID)
        do {
            let draft = CompanyDraft(name: "Demo Company", id: companyID)
            let created = try await CompanyStore(keys: keys).create(
                draft, actor: .operator, now: now, pool: database.pool)
            (kept.apiKey, kept.hmacSecret) = (created.value.apiKey, created.value.hmacSecret)
        } catch StoreRefusal.conflict(code: "company_exists", _) {
            Terminal.note("\(companyID) was there already and is given a new key and secret.")
            let integrations = IntegrationStore(keys: keys)
            let fresh = try await database.pool.withTransaction { transaction in
                let key = try await integrations.rotateKey(
                    .defaultOf(companyID), grace: .zero, actor: .operator, now: now, in: transaction)
                let secret = try await integrations.rotateSecret(
                    .defaultOf(companyID), grace: .zero, actor: .operator, now: now, in: transaction)
                return (key.value.apiKey, secret.value.hmacSecret)
            }
            (kept.apiKey, kept.hmacSecret) = fresh
        }
    }
}
