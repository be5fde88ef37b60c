import Domain
import Postgres
import Secrets

/// Who is behind a token, as of now.
public struct SignedIn: Sendable, Equatable {
    public enum Proof: Sendable, Equatable {
        /// A session, by its access token.
        case session(id: String, csrfHash: [UInt8])
        case apiToken(id: String)
    }

    public var proof: Proof
    public var userID: UserID
    public var homeCompany: CompanyID
    public var email: String
    public var name: String
    public var role: Role
    public var skills: [String]
    public var availability: Availability
    /// Every company that they may see; for MSP admins all, with the provider's own.
    public var companies: [CompanyID]
    public var mayRead: Bool
    public var mayWrite: Bool
    public var expiresAt: Timestamp?
}

/// Finds who is behind an access token or an API token. No row for one that is unknown, expired or revoked, and none
/// when the person is gone.
struct FindToken: Statement {
    var hash: [UInt8]

    typealias Row = SignedIn
    static let name = "find_token"
    static let sql = """
        SELECT token_kind, token_id, user_id, home_company, email, name, role, skills, availability, companies, scopes,
            csrf_hash, expires_at
        FROM aw_token_lookup($1)
        """
    static let parameters: [PostgresType] = [.bytea]
    static let columns = [
        Column("token_kind", .text), Column("token_id", .text), Column("user_id", .text),
        Column("home_company", .text), Column("email", .text), Column("name", .text), Column("role", .text),
        Column("skills", .textArray), Column("availability", .text), Column("companies", .textArray),
        Column("scopes", .textArray), Column("csrf_hash", .bytea), Column("expires_at", .timestamptz),
    ]

    func bind(_ bindings: inout Bindings) { bindings.bytes(hash) }

    static func decode(_ row: inout RowReader) throws -> SignedIn {
        let (kind, token) = (try row.text(), try row.text())
        let user = UserID(try row.text())
        let home = CompanyID(try row.text())
        let (email, name) = (try row.text(), try row.text())
        let role = Role(rawValue: try row.text()) ?? .clientViewer
        let skills = try row.textArray()
        let availability = Availability(rawValue: try row.text()) ?? .available
        let companies = try row.textArray().map { CompanyID($0) }
        let scopes = try row.textArray()
        let csrf = try row.bytesOrNil() ?? []
        return SignedIn(
            proof: kind == "session" ? .session(id: token, csrfHash: csrf) : .apiToken(id: token), userID: user,
            homeCompany: home, email: email, name: name, role: role, skills: skills, availability: availability,
            companies: companies, mayRead: scopes.contains("read"), mayWrite: scopes.contains("write"),
            expiresAt: try row.instantOrNil())
    }
}

extension SignedIn {
    /// Who is behind a token; nil when it opens nothing. One indexed query each time, so that a revoked token is dead at
    /// once.
    public static func find(token: String, in database: some Querying) async throws -> SignedIn? {
        guard (20...200).contains(token.utf8.count) else { return nil }
        return try await database.first(FindToken(hash: RandomToken.hash(token)))
    }
}
