import Foundation
import Runtime

/// Where test alerts go, and with what proof.
struct AlertTarget: Sendable, Equatable {
    var url: String
    var apiKey: String
    /// Empty: requests are not signed.
    var hmacSecret: String

    /// Each value from its option, else the environment, else the installation of `scripts/up`.
    ///
    /// - Throws: ``CommandFailure`` that says which value is missing.
    static func find(
        url: String?, apiKey: String?, hmacSecret: String?, environment: [String: String], settings: CommandSettings
    ) throws -> AlertTarget {
        let kept = settings.installation.credentials
        let base = try url ?? settings.settings.text(SettingsCatalogue.ingestPublicURL)
        guard base.hasPrefix("http://") || base.hasPrefix("https://") else {
            throw CommandFailure("\"\(base)\" is no address", advice: "Give one such as http://127.0.0.1:8080.")
        }
        guard let key = apiKey ?? environment["AW_API_KEY"] ?? kept?.apiKey else {
            throw CommandFailure(
                "no API key is known here",
                advice: "Set AW_API_KEY, or run this where scripts/up runs. `aw company create` makes a key.")
        }
        // A key of another company has nothing to do with the secret that is kept here.
        let keptSecret = key == kept?.apiKey ? kept?.hmacSecret : nil
        guard let secret = hmacSecret ?? environment["AW_HMAC_SECRET"] ?? keptSecret else {
            throw CommandFailure(
                "no signing secret is known for this key",
                advice: "Set AW_HMAC_SECRET, or give --hmac-secret '' where requests need no signature.")
        }
        return AlertTarget(url: base.hasSuffix("/") ? String(base.dropLast()) : base, apiKey: key, hmacSecret: secret)
    }
}
