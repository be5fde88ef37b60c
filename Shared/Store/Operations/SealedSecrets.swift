import Domain
import Postgres

/// A secret as it is stored, with what it is sealed for.
public struct SealedSecret: Sendable, Equatable {
    /// What has to be given to open it.
    public var context: String
    public var sealed: [UInt8]
}

/// Signing secrets of at most `limit` integrations, also those that are still valid from before a rotation.
public struct ReadSealedSecrets: Statement {
    public var limit: Int

    public init(limit: Int = 10_000) {
        self.limit = limit
    }

    public typealias Row = [SealedSecret]
    public static let name = "read_sealed_secrets"
    public static let sql = """
        SELECT company_id, id, hmac_secret, previous_hmac_secret FROM integration ORDER BY company_id, id LIMIT $1
        """
    public static let parameters: [PostgresType] = [.int8]
    public static let columns = [
        Column("company_id", .text), Column("id", .text), Column("hmac_secret", .bytea),
        Column("previous_hmac_secret", .bytea),
    ]

    public func bind(_ bindings: inout Bindings) { bindings.int(limit) }

    public static func decode(_ row: inout RowReader) throws -> [SealedSecret] {
        let context = IntegrationStore.secretContext(CompanyID(try row.text()), IntegrationID(try row.text()))
        return [try row.bytes(), try row.bytesOrNil()].compactMap { sealed in
            sealed.map { SealedSecret(context: context, sealed: $0) }
        }
    }
}
