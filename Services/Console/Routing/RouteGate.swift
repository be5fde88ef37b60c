import Domain
import Foundation
import HTTPServing
import HTTPTypes
import Hummingbird
import NIOCore
import Secrets
import Store

/// What every request passes before its handler: who asks, whether they may, and whether the request can be read.
///
/// In this order: sign-in (401), CSRF token and token scope (403), company or item in sight (404), role (403), body (400,
/// 413, 415). So what one may not see looks the same as what is not there.
struct RouteGate: Sendable {
    static let maximumBodyBytes = 256 * 1024

    let database: ConsoleDatabase
    let idempotency: IdempotencyStore
    let clock: DatabaseClock
    /// Proxies in front that add to `X-Forwarded-For`.
    let trustedProxies: Int

    func answer(_ request: Request, context: ConsoleContext, route: Route) async throws -> Response {
        let (path, query) = (try Self.path(route, context), try Self.query(request.uri.query))
        let (viewer, csrf) = try await identify(request, route: route)
        if let viewer { try await authorise(viewer, route: route, path: path) }
        let (body, bytes) = try await read(request, route: route)
        let asked = APIRequest(
            path: path, query: query, body: body, viewer: viewer,
            ifMatch: VersionTag.wanted(request.headers[.ifMatch]), headers: request.headers,
            sender: context.senderAddress(of: request, proxies: trustedProxies), csrf: csrf, now: clock.now)
        guard let viewer, route.isUnsafe, let key = request.headers[.idempotencyKey] else {
            return try await route.handler(asked).response
        }
        let hash = RandomToken.hash(
            "\(route.method) \(request.uri.string)\n\(String(decoding: bytes, as: UTF8.self))")
        return try await once(key, hash: hash, viewer: viewer) { try await route.handler(asked) }
    }

    /// Who asks, and how they prove that our page asked.
    private func identify(_ request: Request, route: Route) async throws -> (SignedIn?, CSRFProof) {
        let credential = Credential(request)
        let csrf: CSRFProof
        if case .bearer = credential { csrf = .notNeeded } else { csrf = .header(request.headers[.csrfToken]) }
        guard route.needsSignIn else { return (nil, csrf) }
        guard let credential, let viewer = try await SignedIn.find(token: credential.token, in: database.identity)
        else { throw Problem.signInNeeded }
        switch viewer.proof {
        case .session(_, let csrfHash):
            if route.isUnsafe, !csrf.matches(csrfHash) {
                throw Problem.forbidden("A request with the session cookie needs the session's X-CSRF-Token.")
            }
        case .apiToken:
            guard route.isUnsafe ? viewer.mayWrite : viewer.mayRead else {
                throw Problem.forbidden("The API token has no \(route.isUnsafe ? "write" : "read") scope.")
            }
        }
        return (viewer, csrf)
    }

    private func authorise(_ viewer: SignedIn, route: Route, path: [String: String]) async throws {
        let id = path["id"] ?? ""
        if route.permission.scope == .companyInPath, !viewer.clientCompanies.contains(CompanyID(id)) {
            throw Problem.notFound("company")
        }
        guard !route.permission.allows(viewer.role) else { return }
        if case .item(let kind) = route.permission.scope {
            let isVisible = try await database.read(as: viewer) { transaction in
                try await transaction.first(IsVisible(kind: kind, id: id)) ?? false
            }
            if !isVisible { throw Problem.notFound(kind.rawValue.replacing("_", with: " ")) }
        }
        throw Problem.forbidden("Your role, \(viewer.role.rawValue), may not do this.")
    }

    /// The body's object and its bytes. A route without a body ignores what is sent.
    private func read(_ request: Request, route: Route) async throws -> (JSONValue, [UInt8]) {
        guard let form = route.body else { return ([:], []) }
        var buffer = try await request.body.collect(upTo: Self.maximumBodyBytes)
        let bytes = buffer.readBytes(length: buffer.readableBytes) ?? []
        guard !bytes.isEmpty else {
            guard form.isRequired else { return ([:], []) }
            throw Problem(.badRequest, detail: "The request needs a body: a JSON object.")
        }
        let type = request.headers[.contentType]?.split(separator: ";").first.map { String($0).trimmingSpaces }
        guard type?.lowercased() == "application/json" else {
            throw Problem(.unsupportedMediaType, detail: "Send the body as application/json.")
        }
        guard let body = try? JSONValue(parsing: bytes), String(validating: bytes, as: UTF8.self) != nil else {
            throw Problem(.badRequest, detail: "The body is not valid JSON.")
        }
        guard case .object = body else {
            throw Problem.unprocessable([.init(field: "", message: "must be an object")])
        }
        return (body, bytes)
    }

    /// Runs the work unless it was done under this key before.
    private func once(
        _ key: String, hash: [UInt8], viewer: SignedIn, work: () async throws -> Reply
    ) async throws -> Response {
        guard (1...200).contains(key.count), key.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw Problem.unprocessable([
                .init(field: "Idempotency-Key", message: "must be 1 to 200 visible ASCII characters")
            ])
        }
        switch try await idempotency.claim(key, of: viewer, requestHash: hash) {
        case .fresh: break
        case .answered(let status, let body):
            var headers: HTTPFields = [.idempotentReplay: "true"]
            if !body.isEmpty { headers[.contentType] = "application/json" }
            return Reply(.init(code: status), body: body.isEmpty ? nil : body, headers: headers).response
        case .inProgress:
            throw Problem(
                .conflict, title: "request_in_progress", detail: "A request with this Idempotency-Key is at work.",
                headers: [.retryAfter: "1"])
        case .mismatch:
            throw Problem.unprocessable([
                .init(field: "Idempotency-Key", message: "was used for another request; choose a new one")
            ])
        }
        let reply: Reply
        do {
            reply = try await work()
        } catch {
            try? await idempotency.release(key, of: viewer)
            throw error
        }
        try await idempotency.complete(key, of: viewer, status: reply.status.code, body: reply.body ?? [])
        return reply.response
    }
}

extension RouteGate {
    /// The parts of the path, decoded. What can't be decoded names nothing that is there.
    private static func path(_ route: Route, _ context: ConsoleContext) throws -> [String: String] {
        var values: [String: String] = [:]
        for name in route.pathParameters {
            guard let raw = context.parameters.get(name), let text = raw.removingPercentEncoding, !text.isEmpty,
                text.utf8.count <= 300, !text.utf8.contains(0)
            else { throw Problem.notFound("thing") }
            values[name] = text
        }
        return values
    }

    /// - Throws: 400 when it is not form-encoded UTF-8, or holds a NUL.
    static func query(_ raw: String?) throws -> [String: [String]] {
        var values: [String: [String]] = [:]
        for pair in (raw ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let decoded = parts.map { $0.replacing("+", with: " ").removingPercentEncoding }
            guard let name = decoded[0], let value = decoded.count > 1 ? decoded[1] : "", !name.utf8.contains(0),
                !value.utf8.contains(0)
            else { throw Problem(.badRequest, detail: "The query is not properly encoded.") }
            values[name, default: []].append(value)
        }
        return values
    }
}
