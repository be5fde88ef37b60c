import Domain
import Postgres
import Secrets

/// Sign-in, and what keeps a person signed in.
///
/// Works on the pool of the role that sees every company: who asks is known only afterwards.
public struct SessionStore: Sendable {
    private let pool: PostgresPool
    private let hashing: PasswordHashing

    public init(pool: PostgresPool, hashing: PasswordHashing) {
        self.pool = pool
        self.hashing = hashing
    }

    /// Why there is no session.
    public enum Refusal: Error, Sendable, Equatable {
        /// Address or password are wrong; which one is not said, and takes equally long.
        case wrongCredentials
        /// Too many failures; so many seconds until the next try.
        case blocked(seconds: Int)
        /// The refresh token is unknown, used up or expired, or its session has ended.
        case sessionEnded
        /// A cookie came without its CSRF token.
        case csrf
    }

    /// Checks e-mail address and password and opens a session.
    ///
    /// - Parameters:
    ///   - sender: The client's network address, for the limit on guessing.
    ///   - userAgent: Kept to be shown; cut to 200 characters.
    /// - Throws: ``Refusal``; `PasswordHashing.Busy`.
    public func signIn(
        email: String, password: String, sender: String, userAgent: String, now: Timestamp
    ) async throws -> OpenedSession {
        let throttle = SignInThrottle(pool: pool)
        let attempt = try await throttle.begin(email: email, sender: sender, now: now)
        let found = try await pool.first(FindSignIn(email: email))
        guard try await hashing.verify(password, against: found?.passwordHash), let found else {
            try await throttle.failed(attempt, homeCompany: found?.homeCompany, now: now)
            throw Refusal.wrongCredentials
        }
        let tokens = SessionTokens(now: now)
        let id = IdentifierMint.text("ses", at: now)
        let insert = InsertSession(
            companyID: found.homeCompany, id: id, userID: found.userID, tokens: tokens,
            csrfHash: RandomToken.hash(tokens.csrf), userAgent: String(userAgent.prefix(200)), now: now)
        let journal = try await pool.withTransaction { transaction in
            _ = try await transaction.execute(insert)
            try await throttle.succeeded(attempt, in: transaction)
            return try await Self.record(
                "sign_in.succeeded", found.homeCompany, found.userID, summary: "Signed in.", now: now, in: transaction)
        }
        return OpenedSession(id: id, userID: found.userID, tokens: tokens, journal: journal)
    }

    /// Exchanges a refresh token for new tokens; the old ones end. A refresh token that comes a second time was copied:
    /// its session ends.
    ///
    /// - Parameter csrf: Must be the session's when the token came in a cookie; nil when it came in the body.
    /// - Throws: ``Refusal/sessionEnded``, ``Refusal/csrf``.
    public func refresh(
        _ refreshToken: String, csrf: CSRFProof, now: Timestamp
    ) async throws -> OpenedSession {
        let hash = RandomToken.hash(refreshToken)
        let result: Result<OpenedSession, Refusal> = try await pool.withTransaction { transaction in
            guard let session = try await transaction.first(LockSession(refreshHash: hash, now: now)),
                !session.isEnded
            else { return .failure(.sessionEnded) }
            guard session.isCurrent else {
                _ = try await transaction.execute(RevokeSession(id: session.id, now: now))
                _ = try await Self.record(
                    "session.reuse_detected", session.companyID, session.userID,
                    summary: "A used refresh token came again, so the session was ended.", now: now, in: transaction)
                return .failure(.sessionEnded)
            }
            guard csrf.matches(session.csrfHash) else { return .failure(.csrf) }
            let tokens = SessionTokens(now: now)
            let rotate = RotateSession(id: session.id, tokens: tokens, csrfHash: RandomToken.hash(tokens.csrf))
            _ = try await transaction.execute(rotate)
            return .success(OpenedSession(id: session.id, userID: session.userID, tokens: tokens, journal: []))
        }
        return try result.get()
    }

    /// Ends one session.
    public func signOut(_ sessionID: String, of viewer: SignedIn, now: Timestamp) async throws -> [JournalEntry] {
        try await pool.withTransaction { transaction in
            _ = try await transaction.execute(RevokeSession(id: sessionID, now: now))
            return try await Self.record(
                "sign_out", viewer.homeCompany, viewer.userID, summary: "Signed out.", now: now, in: transaction)
        }
    }

    /// Ends every session of a person.
    public func signOutEverywhere(_ viewer: SignedIn, now: Timestamp) async throws -> [JournalEntry] {
        try await pool.withTransaction { transaction in
            _ = try await transaction.execute(RevokeSessions(userID: viewer.userID, now: now))
            return try await Self.record(
                "sign_out.all", viewer.homeCompany, viewer.userID, summary: "Signed out everywhere.", now: now,
                in: transaction)
        }
    }

    /// Ends every session and API token of a person who was deleted or given a new password.
    public func endAll(of userID: UserID, now: Timestamp) async throws {
        try await pool.withTransaction { transaction in
            _ = try await transaction.execute(RevokeSessions(userID: userID, now: now))
            _ = try await transaction.execute(RevokeApiTokens(userID: userID, now: now))
        }
    }

    private static func record(
        _ kind: String, _ companyID: CompanyID, _ userID: UserID, summary: String, now: Timestamp,
        in transaction: some Querying
    ) async throws -> [JournalEntry] {
        let change = ChangeRecord(
            companyID: companyID, kind: kind, actor: .user(userID), subjectKind: "user", subjectID: userID.rawValue,
            summary: summary, isInternal: companyID == .msp)
        return try await change.append(in: transaction, now: now)
    }
}

/// Whether a request proves that the page which sent it is ours.
public enum CSRFProof: Sendable {
    /// The credential came in the request itself, which another page can't make a browser do.
    case notNeeded
    /// The credential came in a cookie; the header said this.
    case header(String?)

    /// Whether it is good for a session.
    public func matches(_ hash: [UInt8]) -> Bool {
        switch self {
        case .notNeeded: true
        case .header(let token): token.map { ConstantTime.equals(RandomToken.hash($0), hash) } ?? false
        }
    }
}
