import Crypto
import Foundation

/// One step of the schema: a plain SQL file, applied once, in order, never changed afterwards.
public struct Migration: Sendable, Equatable {
    /// 1 for `0001_roles_and_clock.sql`.
    public var version: Int
    public var name: String
    public var sql: String

    /// SHA-256 of the SQL, hex.
    public var checksum: String {
        SHA256.hash(data: Data(sql.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Every migration of this version of the software, in order.
    public static let all: [Migration] = [
        Migration(1, "roles_and_clock", PackageResources._001_roles_and_clock_sql),
        Migration(2, "companies", PackageResources._002_companies_sql),
        Migration(3, "alerts", PackageResources._003_alerts_sql),
        Migration(4, "incidents", PackageResources._004_incidents_sql),
        Migration(5, "journal", PackageResources._005_journal_sql),
        Migration(6, "identity", PackageResources._006_identity_sql),
        Migration(7, "accept", PackageResources._007_accept_sql),
        Migration(8, "sign_in", PackageResources._008_sign_in_sql),
    ]

    private init(_ version: Int, _ name: String, _ bytes: [UInt8]) {
        self.version = version
        self.name = name
        self.sql = String(decoding: bytes, as: UTF8.self)
    }

    init(version: Int, name: String, sql: String) {
        self.version = version
        self.name = name
        self.sql = sql
    }
}

/// Why the schema can't be used, and what to do.
public enum MigrationError: Error, Equatable, CustomStringConvertible {
    /// Some migrations are not applied yet.
    case pending([String])
    /// A migration that was applied differs from the one in this version of the software.
    case changed(String)
    /// The database was migrated by a newer version.
    case unknown([String])

    public var description: String {
        switch self {
        case .pending(let names):
            "the database lacks \(names.joined(separator: ", ")): run `aw migrate apply`"
        case .changed(let name):
            "the migration \(name) was applied with other contents: this program and the database do not belong "
                + "together; run the version that migrated it, or restore a backup"
        case .unknown(let names):
            "the database has \(names.joined(separator: ", ")), which this version does not know: run a newer version"
        }
    }
}
