import Domain
import Postgres

extension SignedIn.Proof {
    /// The id of the session or token, which tells two of them apart.
    public var key: String {
        switch self {
        case .session(let id, _): id
        case .apiToken(let id): id
        }
    }
}

extension SignedIn {
    /// Which of these people are still signed in, as they are now, by the key of their proof. A session counts as long as
    /// it can be refreshed, though its access token may have been exchanged since.
    public static func stillSignedIn(
        _ viewers: [SignedIn], in database: some Querying
    ) async throws -> [String: SignedIn] {
        let rows = try await database.query(ReadLivingProofs(keys: viewers.map { $0.proof.key }))
        let living = Dictionary(rows.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        var result: [String: SignedIn] = [:]
        for var viewer in viewers {
            guard let row = living[viewer.proof.key] else { continue }
            viewer.role = row.role
            viewer.companies = row.companies
            result[viewer.proof.key] = viewer
        }
        return result
    }
}

/// Sessions and tokens that have not ended, with what their people may see. Read by the identity pool.
struct ReadLivingProofs: Statement {
    var keys: [String]

    typealias Row = (key: String, role: Role, companies: [CompanyID])
    static let name = "read_living_proofs"
    static let sql = """
        SELECT p.id, u.role, aw_companies_of(u.id) AS companies
        FROM (
            SELECT id, user_id FROM session
            WHERE id = ANY ($1) AND revoked_at IS NULL AND refresh_expires_at > (SELECT aw_now())
            UNION ALL
            SELECT id, user_id FROM api_token
            WHERE id = ANY ($1) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > (SELECT aw_now()))
        ) p
        JOIN app_user u ON u.id = p.user_id AND u.deleted_at IS NULL
        """
    static let parameters: [PostgresType] = [.textArray]
    static let columns = [Column("id", .text), Column("role", .text), Column("companies", .textArray)]

    func bind(_ bindings: inout Bindings) { bindings.textArray(keys) }

    static func decode(_ row: inout RowReader) throws -> Row {
        let key = try row.text()
        let role = Role(rawValue: try row.text()) ?? .clientViewer
        return (key: key, role: role, companies: try row.textArray().map { CompanyID($0) })
    }
}
