import Domain
import Postgres
import Secrets

/// The answers to writes that carried an `Idempotency-Key`, so that a repeat changes nothing and gets the same answer.
///
/// A key is claimed before the work and completed after it. While the first request is at work, a repeat is told to wait;
/// a claim that was never completed (its process ended) is free again after a minute. Answers are sealed, because some
/// show a secret.
public struct IdempotencyStore: Sendable {
    private let pool: PostgresPool
    private let keys: MasterKeys

    /// - Parameter pool: Of the role that sees every company.
    public init(pool: PostgresPool, keys: MasterKeys) {
        self.pool = pool
        self.keys = keys
    }

    public enum Claim: Sendable, Equatable {
        /// Do the work, then ``complete(_:of:status:body:)`` or ``release(_:of:)``.
        case fresh
        /// It was done: the answer.
        case answered(status: Int, body: [UInt8])
        /// Another request with this key is at work.
        case inProgress
        /// The key was used for another request.
        case mismatch
    }

    /// Answers are kept for 24 hours.
    public func claim(_ key: String, of viewer: SignedIn, requestHash: [UInt8]) async throws -> Claim {
        let claim = ClaimIdempotencyKey(
            companyID: viewer.homeCompany, userID: viewer.userID, key: key, requestHash: requestHash)
        guard let row = try await pool.first(claim) else { return .inProgress }
        if row.isClaimed { return .fresh }
        // Nothing to be seen: the other claim was committed after this statement began.
        guard let hash = row.requestHash else { return .inProgress }
        if hash != requestHash { return .mismatch }
        guard let status = row.status, status != 0, let body = row.body else { return .inProgress }
        return .answered(status: status, body: try keys.open(body, context: Self.context(key, viewer)))
    }

    public func complete(_ key: String, of viewer: SignedIn, status: Int, body: [UInt8]) async throws {
        let complete = CompleteIdempotencyKey(
            companyID: viewer.homeCompany, userID: viewer.userID, key: key, status: status,
            body: try keys.seal(body, context: Self.context(key, viewer)))
        _ = try await pool.execute(complete)
    }

    /// Gives a key back whose work was not done.
    public func release(_ key: String, of viewer: SignedIn) async throws {
        let release = ReleaseIdempotencyKey(companyID: viewer.homeCompany, userID: viewer.userID, key: key)
        _ = try await pool.execute(release)
    }

    private static func context(_ key: String, _ viewer: SignedIn) -> String {
        "idempotent:\(viewer.userID):\(key)"
    }
}

/// Claims a key. Says whether it is ours now; else what stands there, as far as it can be seen.
struct ClaimIdempotencyKey: Statement {
    struct Standing: Sendable {
        var isClaimed: Bool
        var requestHash: [UInt8]?
        var status: Int?
        var body: [UInt8]?
    }

    var companyID: CompanyID
    var userID: UserID
    var key: String
    var requestHash: [UInt8]

    typealias Row = Standing
    static let name = "claim_idempotency_key"
    static let sql = """
        WITH claimed AS (
            INSERT INTO idempotent_answer AS a (company_id, user_id, key, request_hash, status, body, created_at)
            VALUES ($1, $2, $3, $4, 0, '', aw_now())
            ON CONFLICT (company_id, user_id, key) DO UPDATE
                SET request_hash = excluded.request_hash, status = 0, body = '', created_at = excluded.created_at
                WHERE a.created_at < excluded.created_at - interval '1 day'
                    OR (a.status = 0 AND a.created_at < excluded.created_at - interval '1 minute')
            RETURNING 1
        )
        SELECT EXISTS (SELECT FROM claimed) AS claimed, a.request_hash, a.status, a.body
        FROM (SELECT 1) AS one
        LEFT JOIN idempotent_answer a ON a.company_id = $1 AND a.user_id = $2 AND a.key = $3
        """
    static let parameters: [PostgresType] = [.text, .text, .text, .bytea]
    static let columns = [
        Column("claimed", .bool), Column("request_hash", .bytea), Column("status", .int4), Column("body", .bytea),
    ]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(userID.rawValue)
        bindings.text(key)
        bindings.bytes(requestHash)
    }
    static func decode(_ row: inout RowReader) throws -> Standing {
        Standing(
            isClaimed: try row.bool(), requestHash: try row.bytesOrNil(), status: try row.intOrNil(),
            body: try row.bytesOrNil())
    }
}

struct CompleteIdempotencyKey: Statement {
    var companyID: CompanyID
    var userID: UserID
    var key: String
    var status: Int
    var body: [UInt8]

    typealias Row = Void
    static let name = "complete_idempotency_key"
    static let sql = """
        UPDATE idempotent_answer SET status = $4, body = $5 WHERE company_id = $1 AND user_id = $2 AND key = $3
        """
    static let parameters: [PostgresType] = [.text, .text, .text, .int4, .bytea]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(userID.rawValue)
        bindings.text(key)
        bindings.int4(Int32(status))
        bindings.bytes(body)
    }
}

struct ReleaseIdempotencyKey: Statement {
    var companyID: CompanyID
    var userID: UserID
    var key: String

    typealias Row = Void
    static let name = "release_idempotency_key"
    static let sql = """
        DELETE FROM idempotent_answer WHERE company_id = $1 AND user_id = $2 AND key = $3 AND status = 0
        """
    static let parameters: [PostgresType] = [.text, .text, .text]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(userID.rawValue)
        bindings.text(key)
    }
}
