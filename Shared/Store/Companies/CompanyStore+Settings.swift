import Domain
import Postgres

extension CompanyStore {
    /// A section as the API shows it, and the version of the row that holds it.
    public func settings(
        _ section: SettingsSection, of id: CompanyID, in transaction: some Querying
    ) async throws -> (json: JSONValue, version: Int64) {
        guard let company = try await transaction.first(ReadCompany(id: id)) else {
            throw StoreRefusal.notFound("company")
        }
        return (try Self.json(section, of: company), company.version)
    }

    /// Changes the fields of a section that are given.
    ///
    /// Integrations whose requests would be judged otherwise get a new version, so that no process goes on with what it
    /// has cached.
    ///
    /// - Throws: ``StoreRefusal``.
    public func change(
        _ section: SettingsSection, of id: CompanyID, by changes: JSONValue, version: Int64?, actor: Actor,
        now: Timestamp, in transaction: some Querying
    ) async throws -> Written<CompanyRecord> {
        let company = try await lock(id, version: version, in: transaction)
        let before = try Self.json(section, of: company)
        var settings = CompanySettings(company)
        switch section {
        case .security:
            let isOn = try Self.hmacEnabled(changes, present: company.defaultAuth == "hmac")
            let auth = isOn ? "hmac" : "secret_url"
            if isOn != (company.defaultAuth == "hmac") {
                _ = try await transaction.execute(SetDefaultAuth(companyID: id, auth: auth))
            }
        default: try settings.change(section, by: changes)
        }
        let save = SaveCompany(id: id, name: company.name, settings: settings, now: now)
        _ = try await transaction.execute(save)
        if section == .rateLimit { _ = try await transaction.execute(BumpIntegrations(companyID: id)) }
        _ = try await transaction.query(NotifySettings(companyID: id))
        let fresh = try await reread(id, in: transaction)
        let change = ChangeRecord(
            companyID: id, kind: "settings.updated", actor: actor, subjectKind: "settings",
            subjectID: section.rawValue, summary: "The \(section.rawValue) settings were changed.", before: before,
            after: try Self.json(section, of: fresh))
        return Written(fresh, journal: try await change.append(in: transaction, now: now))
    }

    /// A section of a company that was read already.
    public static func json(_ section: SettingsSection, of company: CompanyRecord) throws -> JSONValue {
        try CompanySettings(company).json(section) ?? ["hmac_enabled": .bool(company.defaultAuth == "hmac")]
    }

    private static func hmacEnabled(_ changes: JSONValue, present: Bool) throws -> Bool {
        guard let fields = changes.object else {
            throw StoreRefusal.invalid([FieldProblem("", "must be an object")])
        }
        guard let wanted = fields["hmac_enabled"] else { return present }
        guard let flag = wanted.bool else {
            throw StoreRefusal.invalid([FieldProblem("hmac_enabled", "must be true or false")])
        }
        return flag
    }
}

/// How requests of the default integration prove themselves from now on.
struct SetDefaultAuth: Statement {
    var companyID: CompanyID
    var auth: String

    typealias Row = Void
    static let name = "set_default_auth"
    static let sql = "UPDATE integration SET auth = $2, version = version + 1 WHERE company_id = $1 AND is_default"
    static let parameters: [PostgresType] = [.text, .text]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(auth)
    }
}

/// A new version for every integration, so that nothing is judged by cached settings.
struct BumpIntegrations: Statement {
    var companyID: CompanyID

    typealias Row = Void
    static let name = "bump_integrations"
    static let sql = "UPDATE integration SET version = version + 1 WHERE company_id = $1"
    static let parameters: [PostgresType] = [.text]

    func bind(_ bindings: inout Bindings) { bindings.text(companyID.rawValue) }
}
