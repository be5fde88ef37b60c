import HTTPTypes
import Hummingbird
import Store

/// How a request says who sends it.
enum Credential: Sendable, Equatable {
    /// `Authorization: Bearer …`: a page of another origin can't make a browser send it.
    case bearer(String)
    /// The session cookie, which a browser sends by itself, so that an unsafe request also needs the CSRF token.
    case cookie(String)

    /// Nil when the request carries none. A bearer token goes before the cookie.
    init?(_ request: Request) {
        if let header = request.headers[.authorization] {
            let parts = header.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
            self = .bearer(String(parts[1]).trimmingSpaces)
        } else if let token = SessionCookies.value(SessionCookies.session, in: request.headers) {
            self = .cookie(token)
        } else {
            return nil
        }
    }

    var token: String {
        switch self {
        case .bearer(let token), .cookie(let token): token
        }
    }
}
