import Domain
import Postgres

/// The stored password hash of the person with an e-mail address, any case.
struct FindSignIn: Statement {
    struct Found: Sendable {
        var userID: UserID
        var homeCompany: CompanyID
        var passwordHash: String
    }

    var email: String

    typealias Row = Found
    static let name = "find_sign_in"
    static let sql = "SELECT user_id, home_company, password_hash FROM aw_sign_in_lookup($1)"
    static let parameters: [PostgresType] = [.text]
    static let columns = [Column("user_id", .text), Column("home_company", .text), Column("password_hash", .text)]

    func bind(_ bindings: inout Bindings) { bindings.text(email) }
    static func decode(_ row: inout RowReader) throws -> Found {
        Found(
            userID: UserID(try row.text()), homeCompany: CompanyID(try row.text()), passwordHash: try row.text())
    }
}

/// A new session. Clears away what is left of the person's ended ones.
struct InsertSession: Statement {
    var companyID: CompanyID
    var id: String
    var userID: UserID
    var tokens: SessionTokens
    var csrfHash: [UInt8]
    var userAgent: String
    var now: Timestamp

    typealias Row = Void
    static let name = "insert_session"
    static let sql = """
        WITH swept AS (
            DELETE FROM session WHERE user_id = $3 AND (refresh_expires_at < $10 OR revoked_at < $10 - interval '7 days')
        )
        INSERT INTO session (company_id, id, user_id, access_hash, access_expires_at, refresh_hash, refresh_expires_at,
            csrf_hash, user_agent, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """
    static let parameters: [PostgresType] = [
        .text, .text, .text, .bytea, .timestamptz, .bytea, .timestamptz, .bytea, .text, .timestamptz,
    ]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(id)
        bindings.text(userID.rawValue)
        tokens.bind(&bindings)
        bindings.bytes(csrfHash)
        bindings.text(userAgent)
        bindings.instant(now)
    }
}

/// The session that a refresh token belongs to, locked, and whether the token was used up before.
struct LockSession: Statement {
    struct Found: Sendable {
        var companyID: CompanyID
        var id: String
        var userID: UserID
        var csrfHash: [UInt8]
        var isCurrent: Bool
        var isEnded: Bool
    }

    var refreshHash: [UInt8]
    var now: Timestamp

    typealias Row = Found
    static let name = "lock_session"
    static let sql = """
        SELECT s.company_id, s.id, s.user_id, s.csrf_hash, s.refresh_hash = $1 AS is_current,
            s.revoked_at IS NOT NULL OR s.refresh_expires_at <= $2
                OR NOT EXISTS (SELECT FROM app_user u WHERE u.id = s.user_id AND u.deleted_at IS NULL) AS is_ended
        FROM session s WHERE s.refresh_hash = $1 OR s.used_refresh_hashes @> ARRAY[$1]
        FOR UPDATE OF s
        """
    static let parameters: [PostgresType] = [.bytea, .timestamptz]
    static let columns = [
        Column("company_id", .text), Column("id", .text), Column("user_id", .text), Column("csrf_hash", .bytea),
        Column("is_current", .bool), Column("is_ended", .bool),
    ]

    func bind(_ bindings: inout Bindings) {
        bindings.bytes(refreshHash)
        bindings.instant(now)
    }
    static func decode(_ row: inout RowReader) throws -> Found {
        Found(
            companyID: CompanyID(try row.text()), id: try row.text(), userID: UserID(try row.text()),
            csrfHash: try row.bytes(), isCurrent: try row.bool(), isEnded: try row.bool())
    }
}

/// Gives a session new tokens; the refresh token in force is remembered as used (the last 100 are).
struct RotateSession: Statement {
    var id: String
    var tokens: SessionTokens
    var csrfHash: [UInt8]

    typealias Row = Void
    static let name = "rotate_session"
    static let sql = """
        UPDATE session SET used_refresh_hashes = (array_prepend(refresh_hash, used_refresh_hashes))[1:100],
            access_hash = $2, access_expires_at = $3, refresh_hash = $4, refresh_expires_at = $5, csrf_hash = $6
        WHERE id = $1
        """
    static let parameters: [PostgresType] = [.text, .bytea, .timestamptz, .bytea, .timestamptz, .bytea]

    func bind(_ bindings: inout Bindings) {
        bindings.text(id)
        tokens.bind(&bindings)
        bindings.bytes(csrfHash)
    }
}

struct RevokeSession: Statement {
    var id: String
    var now: Timestamp

    typealias Row = Void
    static let name = "revoke_session"
    static let sql = "UPDATE session SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL"
    static let parameters: [PostgresType] = [.text, .timestamptz]

    func bind(_ bindings: inout Bindings) {
        bindings.text(id)
        bindings.instant(now)
    }
}

/// Ends every session of a person.
struct RevokeSessions: Statement {
    var userID: UserID
    var now: Timestamp

    typealias Row = Void
    static let name = "revoke_sessions"
    static let sql = "UPDATE session SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL"
    static let parameters: [PostgresType] = [.text, .timestamptz]

    func bind(_ bindings: inout Bindings) {
        bindings.text(userID.rawValue)
        bindings.instant(now)
    }
}

/// Which of the sessions have ended, or belong to nobody any more.
public struct EndedSessions: Statement {
    public var ids: [String]

    public init(ids: [String]) {
        self.ids = ids
    }

    public typealias Row = String
    public static let name = "ended_sessions"
    public static let sql = """
        SELECT w.id FROM unnest($1::text[]) AS w (id)
        WHERE NOT EXISTS (SELECT FROM session s JOIN app_user u ON u.id = s.user_id AND u.deleted_at IS NULL
            WHERE s.id = w.id AND s.revoked_at IS NULL AND s.refresh_expires_at > aw_now())
        """
    public static let parameters: [PostgresType] = [.textArray]
    public static let columns = [Column("id", .text)]

    public func bind(_ bindings: inout Bindings) { bindings.textArray(ids) }
    public static func decode(_ row: inout RowReader) throws -> String { try row.text() }
}
