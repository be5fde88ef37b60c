import HTTPTypes
import Store

/// The cookies of a signed-in browser.
struct SessionCookies: Sendable {
    /// The access token. Not readable by scripts.
    static let session = "aw_session"
    /// The refresh token, sent to `/api/auth` only. Not readable by scripts.
    static let refresh = "aw_refresh"
    /// The CSRF token, which the page reads and sends back in `X-CSRF-Token`.
    static let csrf = "aw_csrf"

    /// Whether the console is reached by https, so that the cookies may never travel without it.
    let isSecure: Bool

    /// The header fields that keep a browser signed in.
    func set(_ tokens: SessionTokens) -> HTTPFields {
        var fields = HTTPFields()
        add(Self.session, tokens.access, path: "/", seconds: SessionTokens.accessSeconds, httpOnly: true, to: &fields)
        add(
            Self.refresh, tokens.refresh, path: "/api/auth", seconds: SessionTokens.refreshSeconds, httpOnly: true,
            to: &fields)
        add(Self.csrf, tokens.csrf, path: "/", seconds: SessionTokens.refreshSeconds, httpOnly: false, to: &fields)
        return fields
    }

    /// The header fields that sign a browser out.
    var cleared: HTTPFields {
        var fields = HTTPFields()
        add(Self.session, "", path: "/", seconds: 0, httpOnly: true, to: &fields)
        add(Self.refresh, "", path: "/api/auth", seconds: 0, httpOnly: true, to: &fields)
        add(Self.csrf, "", path: "/", seconds: 0, httpOnly: false, to: &fields)
        return fields
    }

    private func add(
        _ name: String, _ value: String, path: String, seconds: Int, httpOnly: Bool, to fields: inout HTTPFields
    ) {
        var text = "\(name)=\(value); Path=\(path); Max-Age=\(seconds); SameSite=Lax"
        if httpOnly { text += "; HttpOnly" }
        if isSecure { text += "; Secure" }
        fields.append(HTTPField(name: .setCookie, value: text))
    }

    /// A cookie of a request.
    static func value(_ name: String, in headers: HTTPFields) -> String? {
        for header in headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                if parts.count == 2, String(parts[0]).trimmingSpaces == name {
                    let value = String(parts[1]).trimmingSpaces
                    return value.isEmpty ? nil : value
                }
            }
        }
        return nil
    }
}

extension HTTPField.Name {
    /// Names that are spelled right; a name that is not would be left out of what is sent.
    private static func known(_ text: String) -> HTTPField.Name { HTTPField.Name(text) ?? .accept }

    static let csrfToken = known("X-CSRF-Token")
    static let idempotencyKey = known("Idempotency-Key")
    static let idempotentReplay = known("Idempotent-Replay")
    static let forwardedFor = known("X-Forwarded-For")
    static let referrerPolicy = known("Referrer-Policy")
    static let openerPolicy = known("Cross-Origin-Opener-Policy")
    static let permissionsPolicy = known("Permissions-Policy")
}
