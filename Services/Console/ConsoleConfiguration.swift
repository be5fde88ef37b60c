import HTTPServing
import Postgres
import Runtime
import Secrets

/// Everything that the Console can be told.
public struct ConsoleConfiguration: Sendable {
    /// For what viewers ask: role `aw_console`.
    public var viewerDatabase: PostgresConfiguration
    /// For identity and the bus directory: role `aw_worker`.
    public var identityDatabase: PostgresConfiguration
    public var masterKeys: MasterKeys
    public var listener: HTTPListener
    public var advertiseHost: String
    /// Where people reach the console, without a slash at the end.
    public var publicURL: String
    /// Where monitoring tools reach Ingest, without a slash at the end.
    public var ingestURL: String
    /// Proxies in front that add to `X-Forwarded-For`.
    public var trustedProxies: Int

    /// The most connections for identity; the rest of the process's connections are for viewers.
    private static let identityConnections = 3

    /// Whether people reach the console by https.
    public var isSecure: Bool { publicURL.lowercased().hasPrefix("https://") }

    /// - Throws: ``SettingError`` for the first setting that is not allowed.
    public init(settings: Settings) throws {
        let catalogue = SettingsCatalogue.self
        let url = try settings.text(catalogue.databaseURL)
        let connections = try settings.integer(catalogue.databaseConnections)
        let identity = max(1, min(Self.identityConnections, connections / 2))
        viewerDatabase = PostgresConfiguration(
            url: url, applicationName: "aw-console", role: "aw_console", maximumConnections: connections - identity)
        identityDatabase = PostgresConfiguration(
            url: url, applicationName: "aw-console-identity", role: "aw_worker", maximumConnections: identity)
        do {
            masterKeys = try MasterKeys(try settings.text(catalogue.masterKey))
        } catch let error as MasterKeys.InvalidKey {
            throw SettingError(setting: catalogue.masterKey, value: "", hint: error.description)
        }
        listener = HTTPListener(
            host: try settings.text(catalogue.consoleHost), port: try settings.integer(catalogue.consolePort))
        advertiseHost = try settings.text(catalogue.advertiseHost)
        publicURL = Self.withoutSlash(try settings.text(catalogue.consolePublicURL))
        ingestURL = Self.withoutSlash(try settings.text(catalogue.ingestPublicURL))
        trustedProxies = try settings.integer(catalogue.consoleTrustedProxies)
    }

    private static func withoutSlash(_ url: String) -> String {
        url.hasSuffix("/") ? String(url.dropLast()) : url
    }
}
