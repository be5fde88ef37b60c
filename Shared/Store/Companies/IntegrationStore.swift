import Domain
import Postgres
import Secrets

/// The tools that send alerts for a company, and their secrets.
///
/// API keys are stored hashed, signing secrets sealed under `integration:<company>:<integration>:hmac`. Every change gives
/// the integration a new version, so that nothing is accepted by what a process has cached.
public struct IntegrationStore: Sendable {
    private let keys: MasterKeys

    public init(keys: MasterKeys) {
        self.keys = keys
    }

    /// What the signing secret of an integration is sealed for.
    public static func secretContext(_ companyID: CompanyID, _ id: IntegrationID) -> String {
        "integration:\(companyID):\(id):hmac"
    }

    func insertDefault(
        companyID: CompanyID, isHMACEnabled: Bool, now: Timestamp, in transaction: some Querying
    ) async throws -> IntegrationCredentialsShown {
        try await insert(
            companyID: companyID, name: "Default", source: "generic", auth: isHMACEnabled ? "hmac" : "secret_url",
            isDefault: true, now: now, in: transaction)
    }

    /// Adds an integration with a key and a secret of its own.
    public func create(
        companyID: CompanyID, name: String, source: String, auth: String, actor: Actor, now: Timestamp,
        in transaction: some Querying
    ) async throws -> Written<IntegrationCredentialsShown> {
        let made = try await insert(
            companyID: companyID, name: name, source: source, auth: auth, isDefault: false, now: now, in: transaction)
        let journal = try await record(
            "integration.created", made.integration, actor: actor, summary: "Integration \(name) was added.",
            after: made.integration.facts, now: now, in: transaction)
        return Written(made, journal: journal)
    }

    private func insert(
        companyID: CompanyID, name: String, source: String, auth: String, isDefault: Bool, now: Timestamp,
        in transaction: some Querying
    ) async throws -> IntegrationCredentialsShown {
        let id = IntegrationID(IdentifierMint.text("int", at: now))
        let key = Self.newKey()
        let secret = RandomToken.make()
        let insert = InsertIntegration(
            companyID: companyID, id: id, integrationName: name, source: source, auth: auth, isDefault: isDefault,
            keyPrefix: String(key.prefix(10)), keyHash: RandomToken.hash(key),
            sealedSecret: try seal(secret, companyID, id), now: now)
        guard let integration = try await transaction.first(insert) else { throw StoreRefusal.notFound("company") }
        return IntegrationCredentialsShown(integration: integration, apiKey: key, hmacSecret: secret)
    }

    /// Integrations of a company, oldest first.
    public func list(
        companyID: CompanyID, after: IntegrationID? = nil, limit: Int, in transaction: some Querying
    ) async throws -> [IntegrationRecord] {
        try await transaction.query(ListIntegrations(companyID: companyID, after: after, limit: limit))
    }

    /// Changes what is not nil.
    public func update(
        _ id: IntegrationID, name: String?, auth: String?, isEnabled: Bool?, version: Int64?, actor: Actor,
        now: Timestamp, in transaction: some Querying
    ) async throws -> Written<IntegrationRecord> {
        let old = try await lock(id, version: version, in: transaction)
        let save = SaveIntegration(
            companyID: old.companyID, id: id, integrationName: name ?? old.name, auth: auth ?? old.auth,
            isEnabled: isEnabled ?? old.isEnabled)
        guard let new = try await transaction.first(save) else { throw StoreRefusal.notFound("integration") }
        let journal = try await record(
            "integration.updated", new, actor: actor, summary: "Integration \(new.name) was changed.",
            before: old.facts, after: new.facts, now: now, in: transaction)
        return Written(new, journal: journal)
    }

    /// Takes an integration away. The default one stays: a company's own key belongs to it.
    public func delete(
        _ id: IntegrationID, version: Int64?, actor: Actor, now: Timestamp, in transaction: some Querying
    ) async throws -> Written<Void> {
        let old = try await lock(id, version: version, in: transaction)
        guard !old.isDefault else {
            throw StoreRefusal.conflict(
                code: "default_integration",
                message: "The default integration can't be deleted. Disable it, or rotate its key.")
        }
        _ = try await transaction.execute(DeleteIntegration(companyID: old.companyID, id: id))
        let journal = try await record(
            "integration.deleted", old, actor: actor, summary: "Integration \(old.name) was deleted.",
            before: old.facts, now: now, in: transaction)
        return Written((), journal: journal)
    }

    /// Gives an integration a new API key; the old one works for `grace` more, not at all when it is zero.
    public func rotateKey(
        _ target: RotationTarget, grace: Duration, actor: Actor, now: Timestamp, in transaction: some Querying
    ) async throws -> Written<(integration: IntegrationRecord, apiKey: String)> {
        let old = try await find(target, in: transaction)
        let key = Self.newKey()
        let rotate = RotateKey(
            companyID: old.companyID, id: old.id, keyPrefix: String(key.prefix(10)), keyHash: RandomToken.hash(key),
            previousUntil: grace > .zero ? now + grace : nil)
        guard let new = try await transaction.first(rotate) else { throw StoreRefusal.notFound("integration") }
        let journal = try await record(
            "integration.key_rotated", new, actor: actor, summary: "The API key of \(new.name) was rotated.",
            before: old.facts, after: new.facts, now: now, in: transaction)
        return Written((new, key), journal: journal)
    }

    /// Gives an integration a new signing secret; the old one works for `grace` more, not at all when it is zero.
    public func rotateSecret(
        _ target: RotationTarget, grace: Duration, actor: Actor, now: Timestamp, in transaction: some Querying
    ) async throws -> Written<(integration: IntegrationRecord, hmacSecret: String)> {
        let old = try await find(target, in: transaction)
        let secret = RandomToken.make()
        let rotate = RotateSecret(
            companyID: old.companyID, id: old.id, sealedSecret: try seal(secret, old.companyID, old.id),
            previousUntil: grace > .zero ? now + grace : nil)
        guard let new = try await transaction.first(rotate) else { throw StoreRefusal.notFound("integration") }
        let journal = try await record(
            "integration.secret_rotated", new, actor: actor,
            summary: "The signing secret of \(new.name) was rotated.", now: now, in: transaction)
        return Written((new, secret), journal: journal)
    }

    /// Whose secret is rotated.
    public enum RotationTarget: Sendable {
        case integration(IntegrationID)
        /// The company's own: that of its default integration.
        case defaultOf(CompanyID)
    }
}

extension IntegrationStore {
    private static func newKey() -> String { RandomToken.make(prefix: "aw_") }

    private func seal(_ secret: String, _ companyID: CompanyID, _ id: IntegrationID) throws -> [UInt8] {
        try keys.seal(Array(secret.utf8), context: Self.secretContext(companyID, id))
    }

    private func lock(
        _ id: IntegrationID, version: Int64?, in transaction: some Querying
    ) async throws -> IntegrationRecord {
        guard let found = try await transaction.first(LockIntegration(id: id)) else {
            throw StoreRefusal.notFound("integration")
        }
        try requireVersion(version, found.version)
        return found
    }

    private func find(_ target: RotationTarget, in transaction: some Querying) async throws -> IntegrationRecord {
        switch target {
        case .integration(let id): return try await lock(id, version: nil, in: transaction)
        case .defaultOf(let company):
            guard let found = try await transaction.first(LockDefaultIntegration(companyID: company)) else {
                throw StoreRefusal.notFound("company")
            }
            return found
        }
    }

    private func record(
        _ kind: String, _ integration: IntegrationRecord, actor: Actor, summary: String, before: JSONValue = .null,
        after: JSONValue = .null, now: Timestamp, in transaction: some Querying
    ) async throws -> [JournalEntry] {
        _ = try await transaction.query(NotifySettings(companyID: integration.companyID))
        let change = ChangeRecord(
            companyID: integration.companyID, kind: kind, actor: actor, subjectKind: "integration",
            subjectID: integration.id.rawValue, summary: summary, before: before, after: after)
        return try await change.append(in: transaction, now: now)
    }
}
