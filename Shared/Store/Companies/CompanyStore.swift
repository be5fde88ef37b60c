import Domain
import Postgres
import Secrets

/// A client company to be made.
public struct CompanyDraft: Sendable {
    /// 1–200 characters.
    public var name: String
    /// Nil to make one from the name.
    public var id: CompanyID?
    /// Whether requests of the default integration must be signed.
    public var isHMACEnabled: Bool
    public var settings: CompanySettings

    public init(
        name: String, id: CompanyID? = nil, isHMACEnabled: Bool = true, settings: CompanySettings = CompanySettings()
    ) {
        self.name = name
        self.id = id
        self.isHMACEnabled = isHMACEnabled
        self.settings = settings
    }
}

/// A company that was just made, with the secrets that are shown this once.
public struct CreatedCompany: Sendable {
    public var company: CompanyRecord
    public var integration: IntegrationRecord
    public var apiKey: String
    public var hmacSecret: String
}

/// Makes, changes and ends client companies.
public struct CompanyStore: Sendable {
    let integrations: IntegrationStore

    /// - Parameter keys: Seal the signing secrets.
    public init(keys: MasterKeys) {
        integrations = IntegrationStore(keys: keys)
    }

    /// Makes a company with its default integration in one transaction of its own. Needs a pool that may write every
    /// company.
    ///
    /// - Throws: ``StoreRefusal/conflict(code:message:)`` `company_exists` when the given id is taken;
    ///   ``StoreRefusal/invalid(_:)`` when the name or id is not allowed.
    public func create(
        _ draft: CompanyDraft, actor: Actor, now: Timestamp, pool: PostgresPool
    ) async throws -> Written<CreatedCompany> {
        try await pool.withTransaction { transaction in
            try await create(draft, actor: actor, now: now, in: transaction)
        }
    }

    /// As ``create(_:actor:now:pool:)``, in the caller's transaction.
    public func create(
        _ draft: CompanyDraft, actor: Actor, now: Timestamp, in transaction: some Querying
    ) async throws -> Written<CreatedCompany> {
        var problems: [FieldProblem] = []
        if !(1...200).contains(draft.name.count) {
            problems.append(FieldProblem("name", "must be 1 to 200 characters"))
        }
        if let id = draft.id, !CompanySlug.isValid(id.rawValue) {
            problems.append(FieldProblem("id", "must be comp- and 1 to 60 lower-case letters, digits or hyphens"))
        }
        guard problems.isEmpty else { throw StoreRefusal.invalid(problems) }

        let id = try await insert(draft, now: now, in: transaction)
        let credentials = try await integrations.insertDefault(
            companyID: id, isHMACEnabled: draft.isHMACEnabled, now: now, in: transaction)
        guard let company = try await transaction.first(ReadCompany(id: id)) else {
            throw StoreRefusal.notFound("company")
        }
        let change = ChangeRecord(
            companyID: id, kind: "company.created", actor: actor, subjectKind: "company", subjectID: id.rawValue,
            summary: "Company \(draft.name) was created.", after: company.facts)
        let journal = try await change.append(in: transaction, now: now)
        _ = try await transaction.query(NotifySettings(companyID: id))
        let created = CreatedCompany(
            company: company, integration: credentials.integration, apiKey: credentials.apiKey,
            hmacSecret: credentials.hmacSecret)
        return Written(created, journal: journal)
    }

    private func insert(
        _ draft: CompanyDraft, now: Timestamp, in transaction: some Querying
    ) async throws -> CompanyID {
        let candidates = draft.id.map { [$0] } ?? (1...1000).map { CompanySlug.id(for: draft.name, number: $0) }
        for id in candidates {
            let insert = InsertCompany(id: id, name: draft.name, settings: draft.settings, now: now)
            if try await transaction.first(insert) != nil { return id }
        }
        throw StoreRefusal.conflict(code: "company_exists", message: "A company with this id exists already.")
    }

    /// The row of the provider, to which its own people belong. Safe to repeat.
    public static func ensureProvider(now: Timestamp, in transaction: some Querying) async throws {
        _ = try await transaction.execute(EnsureProvider(now: now))
    }

    public func company(_ id: CompanyID, in transaction: some Querying) async throws -> CompanyRecord? {
        try await transaction.first(ReadCompany(id: id))
    }

    /// Client companies that the transaction may see (by `aw.companies`), in the order of their ids.
    public func list(
        text: String? = nil, after: CompanyID? = nil, limit: Int, in transaction: some Querying
    ) async throws -> [CompanyRecord] {
        try await transaction.query(ListCompanies(text: text, after: after, limit: limit))
    }

    /// Changes the name.
    public func rename(
        _ id: CompanyID, to name: String, version: Int64?, actor: Actor, now: Timestamp, in transaction: some Querying
    ) async throws -> Written<CompanyRecord> {
        guard (1...200).contains(name.count) else {
            throw StoreRefusal.invalid([FieldProblem("name", "must be 1 to 200 characters")])
        }
        let company = try await lock(id, version: version, in: transaction)
        guard company.name != name else { return Written(company, journal: []) }
        let save = SaveCompany(id: id, name: name, settings: CompanySettings(company), now: now)
        _ = try await transaction.execute(save)
        let change = ChangeRecord(
            companyID: id, kind: "company.updated", actor: actor, subjectKind: "company", subjectID: id.rawValue,
            summary: "Company \(company.name) was renamed to \(name).", before: company.facts,
            after: ["name": .string(name)])
        return Written(
            try await reread(id, in: transaction), journal: try await change.append(in: transaction, now: now))
    }

    /// Ends a company: its keys stop working at once, its history stays.
    public func delete(
        _ id: CompanyID, version: Int64?, actor: Actor, now: Timestamp, in transaction: some Querying
    ) async throws -> Written<Void> {
        let company = try await lock(id, version: version, in: transaction)
        _ = try await transaction.execute(DeleteCompany(id: id, now: now))
        _ = try await transaction.query(NotifySettings(companyID: id))
        let change = ChangeRecord(
            companyID: id, kind: "company.deleted", actor: actor, subjectKind: "company", subjectID: id.rawValue,
            summary: "Company \(company.name) was deleted.", before: company.facts)
        return Written((), journal: try await change.append(in: transaction, now: now))
    }

    func lock(_ id: CompanyID, version: Int64?, in transaction: some Querying) async throws -> CompanyRecord {
        guard let company = try await transaction.first(LockCompany(id: id)) else {
            throw StoreRefusal.notFound("company")
        }
        try requireVersion(version, company.version)
        return company
    }

    func reread(_ id: CompanyID, in transaction: some Querying) async throws -> CompanyRecord {
        guard let company = try await transaction.first(ReadCompany(id: id)) else {
            throw StoreRefusal.notFound("company")
        }
        return company
    }
}
