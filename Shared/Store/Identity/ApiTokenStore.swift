import Domain
import Postgres
import Secrets

/// A named token for programs, without its secret.
public struct ApiTokenRecord: Sendable, Equatable {
    public var id: String
    public var name: String
    /// `read`, `write`, or both.
    public var scopes: [String]
    public var expiresAt: Timestamp?
    public var createdAt: Timestamp

    static let columns = [
        Column("id", .text), Column("name", .text), Column("scopes", .textArray), Column("expires_at", .timestamptz),
        Column("created_at", .timestamptz),
    ]

    init(_ row: inout RowReader) throws {
        id = try row.text()
        name = try row.text()
        scopes = try row.textArray()
        expiresAt = try row.instantOrNil()
        createdAt = try row.instant()
    }
}

/// Tokens that act as the person who made them, within their scopes. Stored hashed.
public struct ApiTokenStore: Sendable {
    private let pool: PostgresPool

    /// - Parameter pool: Of the role that sees every company.
    public init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Makes a token, shown this once. It starts with `awp_`.
    public func create(
        name: String, scopes: [String], expiresAt: Timestamp?, owner: SignedIn, now: Timestamp
    ) async throws -> Written<(record: ApiTokenRecord, token: String)> {
        let token = RandomToken.make(prefix: "awp_")
        let insert = InsertApiToken(
            companyID: owner.homeCompany, id: IdentifierMint.text("tok", at: now), userID: owner.userID,
            tokenName: name, hash: RandomToken.hash(token), scopes: scopes, expiresAt: expiresAt, now: now)
        return try await pool.withTransaction { transaction in
            guard let record = try await transaction.first(insert) else { throw StoreRefusal.notFound("user") }
            let journal = try await Self.record(
                "api_token.created", record.id, "API token \(name) was made.", owner, now: now, in: transaction)
            return Written((record, token), journal: journal)
        }
    }

    /// The living tokens of a person, oldest first.
    public func list(of userID: UserID, after: String?, limit: Int, now: Timestamp) async throws -> [ApiTokenRecord] {
        try await pool.query(ListApiTokens(userID: userID, after: after, limit: limit, now: now))
    }

    /// Ends a token of a person.
    public func revoke(_ id: String, owner: SignedIn, now: Timestamp) async throws -> [JournalEntry] {
        try await pool.withTransaction { transaction in
            let revoke = RevokeApiToken(id: id, userID: owner.userID, now: now)
            guard try await transaction.execute(revoke) == 1 else { throw StoreRefusal.notFound("API token") }
            return try await Self.record(
                "api_token.revoked", id, "An API token was revoked.", owner, now: now, in: transaction)
        }
    }

    private static func record(
        _ kind: String, _ id: String, _ summary: String, _ owner: SignedIn, now: Timestamp,
        in transaction: some Querying
    ) async throws -> [JournalEntry] {
        let change = ChangeRecord(
            companyID: owner.homeCompany, kind: kind, actor: .user(owner.userID), subjectKind: "api_token",
            subjectID: id, summary: summary, isInternal: owner.homeCompany == .msp)
        return try await change.append(in: transaction, now: now)
    }
}

struct InsertApiToken: Statement {
    var companyID: CompanyID
    var id: String
    var userID: UserID
    var tokenName: String
    var hash: [UInt8]
    var scopes: [String]
    var expiresAt: Timestamp?
    var now: Timestamp

    typealias Row = ApiTokenRecord
    static let name = "insert_api_token"
    static let sql = """
        INSERT INTO api_token (company_id, id, user_id, name, token_hash, scopes, expires_at, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id, name, scopes, expires_at, created_at
        """
    static let parameters: [PostgresType] = [
        .text, .text, .text, .text, .bytea, .textArray, .timestamptz, .timestamptz,
    ]
    static let columns = ApiTokenRecord.columns

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(id)
        bindings.text(userID.rawValue)
        bindings.text(tokenName)
        bindings.bytes(hash)
        bindings.textArray(scopes)
        bindings.instant(expiresAt)
        bindings.instant(now)
    }
    static func decode(_ row: inout RowReader) throws -> ApiTokenRecord { try ApiTokenRecord(&row) }
}

struct ListApiTokens: Statement {
    var userID: UserID
    var after: String?
    var limit: Int
    var now: Timestamp

    typealias Row = ApiTokenRecord
    static let name = "list_api_tokens"
    static let sql = """
        SELECT id, name, scopes, expires_at, created_at FROM api_token
        WHERE user_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $4)
            AND ($2::text IS NULL OR id > $2)
        ORDER BY id LIMIT $3
        """
    static let parameters: [PostgresType] = [.text, .text, .int8, .timestamptz]
    static let columns = ApiTokenRecord.columns

    func bind(_ bindings: inout Bindings) {
        bindings.text(userID.rawValue)
        bindings.text(after)
        bindings.int(limit)
        bindings.instant(now)
    }
    static func decode(_ row: inout RowReader) throws -> ApiTokenRecord { try ApiTokenRecord(&row) }
}

struct RevokeApiToken: Statement {
    var id: String
    var userID: UserID
    var now: Timestamp

    typealias Row = Void
    static let name = "revoke_api_token"
    static let sql = "UPDATE api_token SET revoked_at = $3 WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL"
    static let parameters: [PostgresType] = [.text, .text, .timestamptz]

    func bind(_ bindings: inout Bindings) {
        bindings.text(id)
        bindings.text(userID.rawValue)
        bindings.instant(now)
    }
}

/// Ends every API token of a person.
struct RevokeApiTokens: Statement {
    var userID: UserID
    var now: Timestamp

    typealias Row = Void
    static let name = "revoke_api_tokens"
    static let sql = "UPDATE api_token SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL"
    static let parameters: [PostgresType] = [.text, .timestamptz]

    func bind(_ bindings: inout Bindings) {
        bindings.text(userID.rawValue)
        bindings.instant(now)
    }
}
