import Domain
import Postgres

/// Client companies for someone with access to the database itself, whatever `aw.companies` says.
public struct ReadCompanyIDs: Statement {
    public init() {}

    public typealias Row = CompanyID
    public static let name = "read_company_ids"
    public static let sql = """
        SELECT company_id FROM company WHERE deleted_at IS NULL AND company_id <> '_msp' ORDER BY company_id
        """
    public static let parameters: [PostgresType] = []
    public static let columns = [Column("company_id", .text)]

    public func bind(_ bindings: inout Bindings) {}

    public static func decode(_ row: inout RowReader) throws -> CompanyID { CompanyID(try row.text()) }
}

/// The person with an e-mail address, any case. No row when there is none.
public struct ReadUserByEmail: Statement {
    public var email: String

    public init(email: String) {
        self.email = email
    }

    public typealias Row = UserRecord
    public static let name = "read_user_by_email"
    public static let sql = """
        SELECT \(UserRecord.selection) FROM app_user u WHERE lower(u.email) = lower($1) AND u.deleted_at IS NULL
        """
    public static let parameters: [PostgresType] = [.text]
    public static let columns = UserRecord.columns

    public func bind(_ bindings: inout Bindings) { bindings.text(email) }

    public static func decode(_ row: inout RowReader) throws -> UserRecord { try UserRecord(&row) }
}
