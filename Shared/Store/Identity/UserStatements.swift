import Domain
import Postgres

/// A new person with their companies. No row when the e-mail address is taken.
struct InsertUser: Statement {
    var id: UserID
    var draft: UserDraft
    var passwordHash: String
    var now: Timestamp

    typealias Row = String
    static let name = "insert_user"
    static let sql = """
        WITH made AS (
            INSERT INTO app_user (company_id, id, email, name, role, skills, availability, password_hash, created_at,
                updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
            ON CONFLICT (lower(email)) WHERE deleted_at IS NULL DO NOTHING
            RETURNING id
        )
        SELECT id FROM made
        """
    static let parameters: [PostgresType] = [
        .text, .text, .text, .text, .text, .textArray, .text, .text, .timestamptz,
    ]
    static let columns = [Column("id", .text)]

    func bind(_ bindings: inout Bindings) {
        bindings.text(draft.homeCompany.rawValue)
        bindings.text(id.rawValue)
        bindings.text(draft.email)
        bindings.text(draft.name)
        bindings.text(draft.role.rawValue)
        bindings.textArray(draft.skills)
        bindings.text(draft.availability.rawValue)
        bindings.text(passwordHash)
        bindings.instant(now)
    }
    static func decode(_ row: inout RowReader) throws -> String { try row.text() }
}

/// Makes the companies of a person exactly these, as far as the transaction may see them.
struct SetMemberships: Statement {
    var userID: UserID
    var companyIDs: [CompanyID]

    typealias Row = Void
    static let name = "set_memberships"
    static let sql = """
        WITH gone AS (DELETE FROM membership WHERE user_id = $1 AND company_id <> ALL ($2))
        INSERT INTO membership (company_id, user_id) SELECT unnest($2::text[]), $1
        ON CONFLICT (company_id, user_id) DO NOTHING
        """
    static let parameters: [PostgresType] = [.text, .textArray]

    func bind(_ bindings: inout Bindings) {
        bindings.text(userID.rawValue)
        bindings.textArray(companyIDs.map(\.rawValue))
    }
}

/// A person whom the transaction may see: by their home or by a company that they serve.
struct ReadUser: Statement {
    var id: UserID

    typealias Row = UserRecord
    static let name = "read_user"
    static let sql = "SELECT \(UserRecord.selection) FROM app_user u WHERE u.id = $1 AND u.deleted_at IS NULL"
    static let parameters: [PostgresType] = [.text]
    static let columns = UserRecord.columns

    func bind(_ bindings: inout Bindings) { bindings.text(id.rawValue) }
    static func decode(_ row: inout RowReader) throws -> UserRecord { try UserRecord(&row) }
}

/// People whom the transaction may see, in the order in which they were made.
struct ListUsers: Statement {
    var companyID: CompanyID?
    var role: Role?
    /// Part of the name, any case.
    var text: String?
    var after: UserID?
    var limit: Int

    typealias Row = UserRecord
    static let name = "list_users"
    static let sql = """
        SELECT \(UserRecord.selection) FROM app_user u
        WHERE u.deleted_at IS NULL AND ($1::text IS NULL OR u.id > $1) AND ($2::text IS NULL OR u.role = $2)
            AND ($3::text IS NULL OR u.name ILIKE $3)
            AND ($4::text IS NULL OR u.company_id = $4
                OR EXISTS (SELECT FROM membership m WHERE m.user_id = u.id AND m.company_id = $4))
        ORDER BY u.id LIMIT $5
        """
    static let parameters: [PostgresType] = [.text, .text, .text, .text, .int8]
    static let columns = UserRecord.columns

    func bind(_ bindings: inout Bindings) {
        bindings.text(after?.rawValue)
        bindings.text(role?.rawValue)
        bindings.text(text.map(LikePattern.containing))
        bindings.text(companyID?.rawValue)
        bindings.int(limit)
    }
    static func decode(_ row: inout RowReader) throws -> UserRecord { try UserRecord(&row) }
}

/// Stores what changed. No row when another person has the e-mail address, or the version is another.
struct SaveUser: Statement {
    var id: UserID
    var draft: UserDraft
    var version: Int64
    var now: Timestamp

    typealias Row = Int64
    static let name = "save_user"
    static let sql = """
        UPDATE app_user SET email = $2, name = $3, role = $4, skills = $5, availability = $6, updated_at = $8,
            version = version + 1
        WHERE id = $1 AND version = $7 AND deleted_at IS NULL RETURNING version
        """
    static let parameters: [PostgresType] = [.text, .text, .text, .text, .textArray, .text, .int8, .timestamptz]
    static let columns = [Column("version", .int8)]

    func bind(_ bindings: inout Bindings) {
        bindings.text(id.rawValue)
        bindings.text(draft.email)
        bindings.text(draft.name)
        bindings.text(draft.role.rawValue)
        bindings.textArray(draft.skills)
        bindings.text(draft.availability.rawValue)
        bindings.int8(version)
        bindings.instant(now)
    }
    static func decode(_ row: inout RowReader) throws -> Int64 { try row.int8() }
}

/// A new password.
struct SetPassword: Statement {
    var id: UserID
    var passwordHash: String
    var now: Timestamp

    typealias Row = Void
    static let name = "set_password"
    static let sql = """
        UPDATE app_user SET password_hash = $2, updated_at = $3, version = version + 1
        WHERE id = $1 AND deleted_at IS NULL
        """
    static let parameters: [PostgresType] = [.text, .text, .timestamptz]

    func bind(_ bindings: inout Bindings) {
        bindings.text(id.rawValue)
        bindings.text(passwordHash)
        bindings.instant(now)
    }
}

/// Marks a person as gone and frees the e-mail address.
struct DeleteUser: Statement {
    var id: UserID
    var now: Timestamp

    typealias Row = Void
    static let name = "delete_user"
    static let sql = """
        UPDATE app_user SET deleted_at = $2, updated_at = $2, version = version + 1
        WHERE id = $1 AND deleted_at IS NULL
        """
    static let parameters: [PostgresType] = [.text, .timestamptz]

    func bind(_ bindings: inout Bindings) {
        bindings.text(id.rawValue)
        bindings.instant(now)
    }
}

/// How many MSP admins there are, locked so that no two end at once.
struct LockAdministrators: Statement {
    typealias Row = String
    static let name = "lock_administrators"
    static let sql = """
        SELECT id FROM app_user WHERE company_id = '_msp' AND role = 'msp_admin' AND deleted_at IS NULL
        ORDER BY id FOR UPDATE
        """
    static let parameters: [PostgresType] = []
    static let columns = [Column("id", .text)]

    func bind(_ bindings: inout Bindings) {}
    static func decode(_ row: inout RowReader) throws -> String { try row.text() }
}
