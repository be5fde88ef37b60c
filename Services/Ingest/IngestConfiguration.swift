import HTTPServing
import NIOCore
import Postgres
import Runtime
import Secrets

/// Everything that Ingest can be told.
public struct IngestConfiguration: Sendable {
    public var database: PostgresConfiguration
    public var masterKeys: MasterKeys
    public var listener: HTTPListener
    public var advertiseHost: String
    public var maximumBodyBytes: Int
    /// Proxies in front that add to `X-Forwarded-For`.
    public var trustedProxies: Int

    /// How long a request waits for a connection to the database at a time.
    static let connectionWait: Duration = .seconds(2)

    /// - Throws: ``SettingError`` for the first setting that is not allowed.
    public init(settings: Settings) throws {
        let catalogue = SettingsCatalogue.self
        database = PostgresConfiguration(
            url: try settings.text(catalogue.databaseURL), applicationName: "aw-ingest", role: "aw_worker",
            maximumConnections: try settings.integer(catalogue.databaseConnections),
            acquireTimeout: Self.connectionWait)
        masterKeys = try Self.masterKeys(settings)
        listener = HTTPListener(
            host: try settings.text(catalogue.ingestHost), port: try settings.integer(catalogue.ingestPort),
            maximumConnections: try settings.integer(catalogue.ingestConnections),
            deadlines: RequestDeadlineHandler.Limits(
                head: .seconds(Int64(try settings.integer(catalogue.ingestHeadSeconds))),
                body: .seconds(Int64(try settings.integer(catalogue.ingestBodySeconds)))))
        advertiseHost = try settings.text(catalogue.advertiseHost)
        maximumBodyBytes = try settings.integer(catalogue.ingestBodyBytes)
        trustedProxies = try settings.integer(catalogue.ingestTrustedProxies)
    }

    private static func masterKeys(_ settings: Settings) throws -> MasterKeys {
        do {
            return try MasterKeys(try settings.text(SettingsCatalogue.masterKey))
        } catch let error as MasterKeys.InvalidKey {
            throw SettingError(setting: SettingsCatalogue.masterKey, value: "", hint: error.description)
        }
    }
}
