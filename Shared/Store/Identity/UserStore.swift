import Domain
import Postgres
import Secrets

/// The people who sign in.
///
/// Does not judge who may change whom; row-level security limits whom the transaction sees and where it may write.
public struct UserStore: Sendable {
    private let hashing: PasswordHashing
    /// Characters of a password.
    public static let passwordLength = 12...200

    public init(hashing: PasswordHashing) {
        self.hashing = hashing
    }

    /// A password's stored form.
    ///
    /// - Throws: ``StoreRefusal/invalid(_:)`` for a length that is not allowed; `PasswordHashing.Busy`.
    public func hash(_ password: String) async throws -> String {
        guard Self.passwordLength.contains(password.count) else {
            throw StoreRefusal.invalid([FieldProblem("password", "must be 12 to 200 characters")])
        }
        return try await hashing.make(password)
    }

    /// Adds a person.
    ///
    /// - Parameter passwordHash: Of ``hash(_:)``, made before the transaction because it takes its time.
    /// - Throws: ``StoreRefusal/conflict(code:message:)`` `email_taken`; ``StoreRefusal/invalid(_:)``.
    public func create(
        _ draft: UserDraft, passwordHash: String, actor: Actor, now: Timestamp, in transaction: some Querying
    ) async throws -> Written<UserRecord> {
        guard draft.problems.isEmpty else { throw StoreRefusal.invalid(draft.problems) }
        let id = UserID(IdentifierMint.text("user", at: now))
        if draft.homeCompany == .msp { try await CompanyStore.ensureProvider(now: now, in: transaction) }
        let insert = InsertUser(id: id, draft: draft, passwordHash: passwordHash, now: now)
        guard try await transaction.first(insert) != nil else { throw Self.emailTaken }
        _ = try await transaction.execute(SetMemberships(userID: id, companyIDs: Self.memberships(draft)))
        let user = try await read(id, in: transaction)
        let journal = try await record(
            "user.created", user, actor: actor, summary: "\(user.name) was added.", after: user.facts, now: now,
            in: transaction)
        return Written(user, journal: journal)
    }

    public func user(_ id: UserID, in transaction: some Querying) async throws -> UserRecord? {
        try await transaction.first(ReadUser(id: id))
    }

    /// People whom the transaction may see, oldest first.
    public func list(
        companyID: CompanyID? = nil, role: Role? = nil, text: String? = nil, after: UserID? = nil, limit: Int,
        in transaction: some Querying
    ) async throws -> [UserRecord] {
        try await transaction.query(
            ListUsers(companyID: companyID, role: role, text: text, after: after, limit: limit))
    }

    /// Changes a person to `draft`.
    ///
    /// - Parameter passwordHash: Nil to keep the password.
    /// - Throws: ``StoreRefusal``: `home_fixed` when the change would move them between companies' homes.
    public func update(
        _ id: UserID, to draft: UserDraft, passwordHash: String?, version: Int64?, actor: Actor, now: Timestamp,
        in transaction: some Querying
    ) async throws -> Written<UserRecord> {
        guard draft.problems.isEmpty else { throw StoreRefusal.invalid(draft.problems) }
        let old = try await read(id, in: transaction)
        try requireVersion(version, old.version)
        guard draft.homeCompany == old.companyID || draft.role.isClient && draft.companyIDs.contains(old.companyID)
        else {
            throw StoreRefusal.conflict(
                code: "home_fixed", message: "A person can't move to another home company. Make a new user there.")
        }
        if old.role == .mspAdmin, draft.role != .mspAdmin { try await requireAnotherAdministrator(in: transaction) }
        let save = SaveUser(id: id, draft: draft, version: old.version, now: now)
        do {
            guard try await transaction.first(save) != nil else { throw StoreRefusal.stale(version: old.version + 1) }
        } catch let error as PostgresError where error.constraint == "app_user_email" {
            throw Self.emailTaken
        }
        _ = try await transaction.execute(SetMemberships(userID: id, companyIDs: Self.memberships(draft)))
        if let passwordHash {
            _ = try await transaction.execute(SetPassword(id: id, passwordHash: passwordHash, now: now))
        }
        let new = try await read(id, in: transaction)
        let journal = try await record(
            "user.updated", new, actor: actor,
            summary: passwordHash == nil ? "\(new.name) was changed." : "\(new.name) was given a new password.",
            before: old.facts, after: new.facts, now: now, in: transaction)
        return Written(new, journal: journal)
    }

    /// Takes a person away. End their sessions too, with ``SessionStore/endAll(of:now:in:)``.
    public func delete(
        _ id: UserID, version: Int64?, actor: Actor, now: Timestamp, in transaction: some Querying
    ) async throws -> Written<UserRecord> {
        let old = try await read(id, in: transaction)
        try requireVersion(version, old.version)
        if old.role == .mspAdmin { try await requireAnotherAdministrator(in: transaction) }
        guard try await transaction.execute(DeleteUser(id: id, now: now)) == 1 else {
            throw StoreRefusal.conflict(code: "foreign_user", message: "The person belongs to another company.")
        }
        let journal = try await record(
            "user.deleted", old, actor: actor, summary: "\(old.name) was deleted.", before: old.facts, now: now,
            in: transaction)
        return Written(old, journal: journal)
    }
}

extension UserStore {
    private static let emailTaken = StoreRefusal.conflict(
        code: "email_taken", message: "Somebody has this e-mail address already.")

    private static func memberships(_ draft: UserDraft) -> [CompanyID] {
        draft.role == .mspAdmin ? [.msp] : draft.companyIDs
    }

    private func read(_ id: UserID, in transaction: some Querying) async throws -> UserRecord {
        guard let user = try await transaction.first(ReadUser(id: id)) else { throw StoreRefusal.notFound("user") }
        return user
    }

    private func requireAnotherAdministrator(in transaction: some Querying) async throws {
        if try await transaction.query(LockAdministrators()).count < 2 {
            throw StoreRefusal.conflict(code: "last_admin", message: "Nobody else is an msp_admin. Add one first.")
        }
    }

    private func record(
        _ kind: String, _ user: UserRecord, actor: Actor, summary: String, before: JSONValue = .null,
        after: JSONValue = .null, now: Timestamp, in transaction: some Querying
    ) async throws -> [JournalEntry] {
        let change = ChangeRecord(
            companyID: user.companyID, kind: kind, actor: actor, subjectKind: "user", subjectID: user.id.rawValue,
            summary: summary, before: before, after: after, isInternal: user.companyID == .msp)
        return try await change.append(in: transaction, now: now)
    }
}
