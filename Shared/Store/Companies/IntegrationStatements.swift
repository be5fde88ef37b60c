import Domain
import Postgres

struct InsertIntegration: Statement {
    var companyID: CompanyID
    var id: IntegrationID
    var integrationName: String
    var source: String
    var auth: String
    var isDefault: Bool
    var keyPrefix: String
    var keyHash: [UInt8]
    var sealedSecret: [UInt8]
    var now: Timestamp

    typealias Row = IntegrationRecord
    static let name = "insert_integration"
    static let sql = """
        INSERT INTO integration (company_id, id, name, source, auth, is_default, api_key_prefix, api_key_hash,
            hmac_secret, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        RETURNING \(IntegrationRecord.selection)
        """
    static let parameters: [PostgresType] = [
        .text, .text, .text, .text, .text, .bool, .text, .bytea, .bytea, .timestamptz,
    ]
    static let columns = IntegrationRecord.columns

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(id.rawValue)
        bindings.text(integrationName)
        bindings.text(source)
        bindings.text(auth)
        bindings.bool(isDefault)
        bindings.text(keyPrefix)
        bindings.bytes(keyHash)
        bindings.bytes(sealedSecret)
        bindings.instant(now)
    }
    static func decode(_ row: inout RowReader) throws -> IntegrationRecord { try IntegrationRecord(&row) }
}

/// Integrations of a company in the order in which they were made.
struct ListIntegrations: Statement {
    var companyID: CompanyID
    var after: IntegrationID?
    var limit: Int

    typealias Row = IntegrationRecord
    static let name = "list_integrations"
    static let sql = """
        SELECT \(IntegrationRecord.selection) FROM integration
        WHERE company_id = $1 AND ($2::text IS NULL OR id > $2) ORDER BY id LIMIT $3
        """
    static let parameters: [PostgresType] = [.text, .text, .int8]
    static let columns = IntegrationRecord.columns

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(after?.rawValue)
        bindings.int(limit)
    }
    static func decode(_ row: inout RowReader) throws -> IntegrationRecord { try IntegrationRecord(&row) }
}

/// An integration by its id, locked; row-level security decides whether it is seen.
struct LockIntegration: Statement {
    var id: IntegrationID

    typealias Row = IntegrationRecord
    static let name = "lock_integration"
    static let sql = """
        SELECT \(IntegrationRecord.selection) FROM integration
        WHERE company_id = ANY ((SELECT aw_companies())::text[]) AND id = $1 FOR UPDATE
        """
    static let parameters: [PostgresType] = [.text]
    static let columns = IntegrationRecord.columns

    func bind(_ bindings: inout Bindings) { bindings.text(id.rawValue) }
    static func decode(_ row: inout RowReader) throws -> IntegrationRecord { try IntegrationRecord(&row) }
}

/// The default integration of a company, locked.
struct LockDefaultIntegration: Statement {
    var companyID: CompanyID

    typealias Row = IntegrationRecord
    static let name = "lock_default_integration"
    static let sql = """
        SELECT \(IntegrationRecord.selection) FROM integration WHERE company_id = $1 AND is_default FOR UPDATE
        """
    static let parameters: [PostgresType] = [.text]
    static let columns = IntegrationRecord.columns

    func bind(_ bindings: inout Bindings) { bindings.text(companyID.rawValue) }
    static func decode(_ row: inout RowReader) throws -> IntegrationRecord { try IntegrationRecord(&row) }
}

struct SaveIntegration: Statement {
    var companyID: CompanyID
    var id: IntegrationID
    var integrationName: String
    var auth: String
    var isEnabled: Bool

    typealias Row = IntegrationRecord
    static let name = "save_integration"
    static let sql = """
        UPDATE integration SET name = $3, auth = $4, enabled = $5, version = version + 1
        WHERE company_id = $1 AND id = $2 RETURNING \(IntegrationRecord.selection)
        """
    static let parameters: [PostgresType] = [.text, .text, .text, .text, .bool]
    static let columns = IntegrationRecord.columns

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(id.rawValue)
        bindings.text(integrationName)
        bindings.text(auth)
        bindings.bool(isEnabled)
    }
    static func decode(_ row: inout RowReader) throws -> IntegrationRecord { try IntegrationRecord(&row) }
}

struct DeleteIntegration: Statement {
    var companyID: CompanyID
    var id: IntegrationID

    typealias Row = Void
    static let name = "delete_integration"
    static let sql = "DELETE FROM integration WHERE company_id = $1 AND id = $2"
    static let parameters: [PostgresType] = [.text, .text]

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(id.rawValue)
    }
}

/// A new key; the old one stays valid until `previousUntil`, or ends now.
struct RotateKey: Statement {
    var companyID: CompanyID
    var id: IntegrationID
    var keyPrefix: String
    var keyHash: [UInt8]
    var previousUntil: Timestamp?

    typealias Row = IntegrationRecord
    static let name = "rotate_key"
    static let sql = """
        UPDATE integration SET api_key_prefix = $3, api_key_hash = $4, previous_api_key_until = $5,
            previous_api_key_hash = CASE WHEN $5::timestamptz IS NULL THEN NULL ELSE api_key_hash END,
            version = version + 1
        WHERE company_id = $1 AND id = $2 RETURNING \(IntegrationRecord.selection)
        """
    static let parameters: [PostgresType] = [.text, .text, .text, .bytea, .timestamptz]
    static let columns = IntegrationRecord.columns

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(id.rawValue)
        bindings.text(keyPrefix)
        bindings.bytes(keyHash)
        bindings.instant(previousUntil)
    }
    static func decode(_ row: inout RowReader) throws -> IntegrationRecord { try IntegrationRecord(&row) }
}

/// A new signing secret; the old one stays valid until `previousUntil`, or ends now.
struct RotateSecret: Statement {
    var companyID: CompanyID
    var id: IntegrationID
    var sealedSecret: [UInt8]
    var previousUntil: Timestamp?

    typealias Row = IntegrationRecord
    static let name = "rotate_secret"
    static let sql = """
        UPDATE integration SET hmac_secret = $3, previous_hmac_secret_until = $4,
            previous_hmac_secret = CASE WHEN $4::timestamptz IS NULL THEN NULL ELSE hmac_secret END,
            version = version + 1
        WHERE company_id = $1 AND id = $2 RETURNING \(IntegrationRecord.selection)
        """
    static let parameters: [PostgresType] = [.text, .text, .bytea, .timestamptz]
    static let columns = IntegrationRecord.columns

    func bind(_ bindings: inout Bindings) {
        bindings.text(companyID.rawValue)
        bindings.text(id.rawValue)
        bindings.bytes(sealedSecret)
        bindings.instant(previousUntil)
    }
    static func decode(_ row: inout RowReader) throws -> IntegrationRecord { try IntegrationRecord(&row) }
}
