import Domain
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Postgres
import Runtime
import Secrets
import Synchronization
import TestSupport
import Testing

@testable import Console
@testable import Store

/// The Console's routes on a database of their own, with two companies and a person of each role in each.
struct ConsoleFixture: Sendable {
    static let password = "correct horse battery"
    /// Slow to make, so made once.
    private static let passwordHash = Result { try PasswordHash.make(password) }

    struct Answer: Sendable {
        var status: Int
        var json: JSONValue
        var headers: HTTPFields
        var bytes: [UInt8]

        /// The fields that a 422 names.
        var wrongFields: [String] {
            (json["errors"]?.array ?? []).compactMap { $0["field"]?.string }
        }
        var items: [JSONValue] { json["items"]?.array ?? [] }
    }

    let database: TestDatabase
    let client: any TestClientProtocol
    let core: ConsoleCore
    let clock: DatabaseClock
    let registry: RouteRegistry
    /// `comp-acme`, whose people and things are the viewer's own, and `comp-zenith`, the foreign one.
    let acme: CreatedCompany
    let zenith: CreatedCompany

    static func with(
        publicURL: String = "http://127.0.0.1:8000", _ body: @escaping @Sendable (ConsoleFixture) async throws -> Void
    ) async throws {
        try await TestDatabase.with { database in
            let settings = Settings(values: [
                "AW_DATABASE_URL": database.url, "AW_MASTER_KEY": MasterKeys.generate(),
                "AW_CONSOLE_PUBLIC_URL": publicURL, "AW_CONSOLE_TRUSTED_PROXIES": "1",
                "AW_DATABASE_CONNECTIONS": "6",
            ])
            let configuration = try ConsoleConfiguration(settings: settings)
            let pools = ConsoleDatabase(
                viewers: PostgresPool(configuration: configuration.viewerDatabase, logger: TestLog.logger),
                identity: PostgresPool(configuration: configuration.identityDatabase, logger: TestLog.logger))
            let core = ConsoleCore(configuration: configuration, database: pools) { _ in }
            let clock = DatabaseClock()
            let environment = ServiceProcess.Environment(
                settings: settings, logger: TestLog.logger, metrics: PrometheusMetrics())
            do {
                // Twice: the first time also opens the connection, which would count as the way there and back.
                for _ in 0..<2 { try await clock.synchronise(with: pools.identity) }
                let acme = try await company("Acme", core: core, clock: clock)
                let zenith = try await company("Zenith", core: core, clock: clock)
                let router = ConsoleService.router(
                    core: core, configuration: configuration, clock: clock, environment: environment)
                try await Application(router: router, logger: TestLog.logger).test(.router) { client in
                    let fixture = ConsoleFixture(
                        database: database, client: client, core: core, clock: clock,
                        registry: APIRoutes.registry(core: core, version: "test"), acme: acme, zenith: zenith)
                    try await fixture.addPeople()
                    try await body(fixture)
                }
                await pools.viewers.close()
                await pools.identity.close()
            } catch {
                await pools.viewers.close()
                await pools.identity.close()
                throw error
            }
        }
    }

    private static func company(
        _ name: String, core: ConsoleCore, clock: DatabaseClock
    ) async throws -> CreatedCompany {
        try await core.companies.create(
            CompanyDraft(name: name), actor: .operator, now: clock.now, pool: core.database.identity
        ).value
    }

    /// `admin@msp.test`, and of each company `<role>@acme.test` and `<role>@zenith.test`.
    private func addPeople() async throws {
        try await addPerson("admin@msp.test", .mspAdmin, [])
        for (company, host) in [(acme, "acme.test"), (zenith, "zenith.test")] {
            for role in [Role.companyAdmin, .technician, .clientViewer] {
                try await addPerson("\(role.rawValue)@\(host)", role, [company.company.id])
            }
        }
    }

    @discardableResult
    func addPerson(_ email: String, _ role: Role, _ companies: [CompanyID]) async throws -> UserRecord {
        let draft = UserDraft(
            email: email, name: "Person " + email.replacing("@", with: " of "), role: role, companyIDs: companies)
        let hash = try Self.passwordHash.get()
        return try await core.database.identity.withTransaction { transaction in
            try await core.users.create(
                draft, passwordHash: hash, actor: .operator, now: clock.now, in: transaction
            ).value
        }
    }

    /// A working token of a person, without signing in.
    func token(_ email: String, scopes: [String] = ["read", "write"]) async throws -> String {
        let found = try #require(try await core.database.identity.first(FindSignIn(email: email)))
        let owner = SignedIn(
            proof: .apiToken(id: ""), userID: found.userID, homeCompany: found.homeCompany, email: email, name: "",
            role: .clientViewer, skills: [], availability: .available, companies: [], mayRead: true, mayWrite: true,
            expiresAt: nil)
        return try await core.tokens.create(
            name: "test", scopes: scopes, expiresAt: nil, owner: owner, now: clock.now
        ).value.token
    }

    /// The e-mail address of a person of Acme, or of the MSP admin.
    static func email(_ role: Role) -> String {
        role == .mspAdmin ? "admin@msp.test" : "\(role.rawValue)@acme.test"
    }

    func id(of email: String) async throws -> String {
        try #require(try await core.database.identity.first(FindSignIn(email: email))).userID.rawValue
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, token: String? = nil, body: JSONValue? = nil,
        headers: HTTPFields = [:]
    ) async throws -> Answer {
        var fields = headers
        if let token { fields[.authorization] = "Bearer \(token)" }
        if body != nil, fields[.contentType] == nil { fields[.contentType] = "application/json" }
        return try await client.execute(
            uri: path, method: method, headers: fields, body: body.map { ByteBuffer(bytes: $0.bytes) }
        ) { response in
            let bytes = Array(buffer: response.body)
            return Answer(
                status: response.status.code, json: (try? JSONValue(parsing: bytes)) ?? .null,
                headers: response.headers, bytes: bytes)
        }
    }

    func signIn(_ email: String, _ password: String = password, sender: String = "192.0.2.1") async throws -> Answer {
        try await send(
            .post, "/api/auth/login", body: ["email": .string(email), "password": .string(password)],
            headers: [.forwardedFor: sender])
    }
}
