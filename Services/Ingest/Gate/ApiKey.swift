import HTTPTypes
import Hummingbird

/// The first check: which key does the request bring, and where?
struct ApiKey: Sendable, Equatable {
    enum Place: Sendable, Equatable { case header, address }

    var text: String
    var place: Place

    /// `X-API-Key`, then `Authorization: Bearer`, then `?api_key=`. Nil when none is there.
    init?(request: Request) {
        if let key = request.headers[WebhookHeader.apiKey], !key.isEmpty {
            self.init(text: key, place: .header)
        } else if let authorization = request.headers[.authorization], let token = Self.bearer(authorization) {
            self.init(text: token, place: .header)
        } else if let key = request.uri.queryParameters["api_key"], !key.isEmpty {
            self.init(text: String(key), place: .address)
        } else {
            return nil
        }
    }

    init(text: String, place: Place) {
        self.text = text
        self.place = place
    }

    private static func bearer(_ authorization: String) -> String? {
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}
