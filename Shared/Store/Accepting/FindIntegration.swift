import Domain
import Foundation
import Postgres

/// An integration as the gate needs it: how its requests prove themselves, still sealed.
public struct IntegrationCredentials: Sendable, Equatable {
    /// How a request proves that it comes from the integration.
    public enum Auth: String, Sendable, Codable, CaseIterable {
        /// Key, signature and timestamp.
        case hmac
        /// The key in a header.
        case bearer
        /// The key anywhere, also in the address.
        case secretURL = "secret_url"
    }

    public var companyID: CompanyID
    public var integrationID: IntegrationID
    public var source: String
    public var auth: Auth
    public var isEnabled: Bool
    public var version: Int64
    public var sealedSecret: [UInt8]
    public var previousSealedSecret: [UInt8]?
    public var previousSecretUntil: Timestamp?
    /// The key that was looked up is the one before the last rotation: valid until then.
    public var keyValidUntil: Timestamp?
    /// Hash of the key that was looked up.
    public var keyHash: [UInt8]

    /// What its secret is sealed for.
    public static func sealContext(company: CompanyID, integration: IntegrationID) -> String {
        "integration:\(company):\(integration):hmac"
    }
}

/// The integrations that own any of these key hashes, now or before a rotation.
public struct FindIntegrations: Statement {
    public var keyHashes: [[UInt8]]

    public init(keyHashes: [[UInt8]]) {
        self.keyHashes = keyHashes
    }

    public typealias Row = IntegrationCredentials
    public static let name = "find_integrations"
    public static let sql = """
        SELECT i.company_id, i.id, i.source, i.auth, i.enabled AND c.deleted_at IS NULL AS enabled, i.version,
            i.hmac_secret, i.previous_hmac_secret, i.previous_hmac_secret_until, NULL::timestamptz AS valid_until,
            i.api_key_hash
        FROM integration i JOIN company c USING (company_id)
        WHERE i.api_key_hash = ANY ($1)
        UNION ALL
        SELECT i.company_id, i.id, i.source, i.auth, i.enabled AND c.deleted_at IS NULL, i.version,
            i.hmac_secret, i.previous_hmac_secret, i.previous_hmac_secret_until, i.previous_api_key_until,
            i.previous_api_key_hash
        FROM integration i JOIN company c USING (company_id)
        WHERE i.previous_api_key_hash = ANY ($1)
        """
    public static let parameters: [PostgresType] = [.byteaArray]
    public static let columns = [
        Column("company_id", .text), Column("id", .text), Column("source", .text), Column("auth", .text),
        Column("enabled", .bool), Column("version", .int8), Column("hmac_secret", .bytea),
        Column("previous_hmac_secret", .bytea), Column("previous_hmac_secret_until", .timestamptz),
        Column("valid_until", .timestamptz), Column("api_key_hash", .bytea),
    ]

    public func bind(_ bindings: inout Bindings) {
        bindings.bytesArray(keyHashes)
    }

    public static func decode(_ row: inout RowReader) throws -> IntegrationCredentials {
        let company = CompanyID(try row.text())
        let integration = IntegrationID(try row.text())
        let source = try row.text()
        let auth = IntegrationCredentials.Auth(rawValue: try row.text()) ?? .hmac
        return IntegrationCredentials(
            companyID: company, integrationID: integration, source: source, auth: auth, isEnabled: try row.bool(),
            version: try row.int8(), sealedSecret: try row.bytes(), previousSealedSecret: try row.bytesOrNil(),
            previousSecretUntil: try row.instantOrNil(), keyValidUntil: try row.instantOrNil(),
            keyHash: try row.bytes())
    }
}
