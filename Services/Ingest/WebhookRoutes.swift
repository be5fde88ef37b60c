import Domain
import Foundation
import HTTPServing
import HTTPTypes
import Hummingbird
import Metrics
import NIOCore
import NIOFoundationCompat
import Postgres
import Sources
import Store

/// `POST /api/webhooks/{source}`: read, judge, normalise, commit, answer.
struct WebhookRoutes: Sendable {
    let gate: Gate
    let commit: GroupCommit
    let clock: DatabaseClock
    let maximumBodyBytes: Int
    let trustedProxies: Int
    let bodies: BodyBudget

    /// The body forms, by path.
    private enum Form: String, CaseIterable, Sendable {
        case alerts, prometheus

        func events(from body: Data, receivedAt: Timestamp) throws(SourceError) -> [AlertEvent] {
            switch self {
            case .alerts: try GenericSource.events(from: body)
            case .prometheus: try PrometheusSource.events(from: body, receivedAt: receivedAt)
            }
        }
    }

    func add(to router: Router<WebhookContext>) {
        for form in Form.allCases {
            router.post("/api/webhooks/\(form.rawValue)") { request, context in
                try await receive(request, context: context, form: form)
            }
        }
    }

    private func receive(_ request: Request, context: WebhookContext, form: Form) async throws -> Response {
        let address = context.senderAddress(of: request, proxies: trustedProxies)
        let trace = Trace.of(request)
        do {
            let integration = try await gate.identify(request, address: address, now: clock.now)
            return try await withBody(of: request) { body in
                try await receive(
                    Received(request: request, body: body, at: clock.now, address: address, trace: trace),
                    from: integration, form: form)
            }
        } catch let refusal as GateRefusal {
            count(refusal.name)
            throw WebhookAnswer.refused(refusal)
        } catch let refusal as GroupCommit.Refusal {
            count("unavailable")
            throw WebhookAnswer.unavailable(refusal)
        } catch is PostgresError {
            count("unavailable")
            throw WebhookAnswer.unavailable(.unavailable)
        }
    }

    /// A request whose body was read.
    private struct Received {
        var request: Request
        var body: Data
        var at: Timestamp
        var address: String
        var trace: String
    }

    private func receive(
        _ received: Received, from known: KnownIntegration, form: Form
    ) async throws -> Response {
        var integration = known
        var alerts: [NewAlert]?
        for _ in 0..<3 {
            let pass = try gate.verify(
                integration, headers: received.request.headers, body: received.body, address: received.address,
                now: received.at)
            // Minted once: a request that is judged again must not become another one.
            let minted = try alerts ?? mint(try read(received, as: form), of: received)
            alerts = minted
            let outcome = try await store(minted, request: received.request, pass: pass)
            switch outcome.verdict {
            case .accepted: return WebhookAnswer.accepted(minted.map(\.id), rate: outcome.rate)
            // Its own ids: a commit whose answer got lost was sent again.
            case .duplicate(let ids) where ids == minted.map(\.id):
                return WebhookAnswer.accepted(ids, rate: outcome.rate)
            case .duplicate(let ids): return WebhookAnswer.duplicate(ids, rate: outcome.rate)
            case .limited(let wait):
                count("rate_limited")
                throw WebhookAnswer.limited(waitSeconds: wait, rate: outcome.rate)
            case .stale:
                integration = try await gate.identify(
                    received.request, address: received.address, now: received.at, isFresh: true)
            }
        }
        throw GroupCommit.Refusal.unavailable
    }

    /// Reads the body within the limits of one and of all requests.
    private func withBody(
        of request: Request, _ use: (Data) async throws -> Response
    ) async throws -> Response {
        let announced = request.headers[.contentLength].flatMap { Int($0) } ?? maximumBodyBytes
        let bytes = min(max(0, announced), maximumBodyBytes)
        guard bodies.take(bytes) else { throw GroupCommit.Refusal.overloaded }
        defer { bodies.giveBack(bytes) }
        return try await use(try await read(request))
    }

    private func read(_ request: Request) async throws -> Data {
        do {
            let buffer = try await request.body.collect(upTo: maximumBodyBytes)
            return Data(buffer: buffer, byteTransferStrategy: .noCopy)
        } catch is NIOTooManyBytesError {
            count("too_large")
            throw Problem(
                .contentTooLarge, detail: "The body is larger than \(maximumBodyBytes) bytes.",
                headers: [.connection: "close"])
        }
    }

    private func read(_ received: Received, as form: Form) throws -> [AlertEvent] {
        guard ContentType.isJSON(received.request.headers[.contentType]) else {
            count("not_json_type")
            throw Problem(.unsupportedMediaType, detail: "Send JSON with Content-Type: application/json.")
        }
        do {
            return try form.events(from: received.body, receivedAt: received.at)
        } catch .unreadable(let why) {
            count("unreadable")
            throw Problem(.badRequest, detail: why)
        } catch .invalid(let problems) {
            count("invalid")
            throw Problem.unprocessable(problems.map { .init(field: $0.field, message: $0.message) })
        }
    }

    /// A microsecond apart, so that the alerts of a request keep their order.
    private func mint(_ events: [AlertEvent], of received: Received) -> [NewAlert] {
        events.enumerated().map { index, event in
            let moment = received.at + .microseconds(index)
            return NewAlert(
                id: AlertID(UUIDv7.make(at: moment)), event: event, receivedAt: moment, trace: received.trace)
        }
    }

    private func store(
        _ alerts: [NewAlert], request: Request, pass: Gate.Pass
    ) async throws -> AcceptOutcome {
        guard let first = alerts.first else { throw GroupCommit.Refusal.unstorable }
        let key = try Idempotency.key(headers: request.headers, signed: pass.signed, firstAlert: first.id)
        return try await commit.submit(
            AcceptableRequest(
                companyID: pass.integration.companyID, integrationID: pass.integration.integrationID,
                integrationVersion: pass.integration.version, key: key, alerts: alerts))
    }

    private func count(_ reason: String) {
        Counter(label: "aw_ingest_refused_requests", dimensions: [("reason", reason)]).increment()
    }
}

/// Whether a body may be JSON.
enum ContentType {
    /// `application/json`, or any `application/…+json`. A request without a type is refused: it could be anything.
    static func isJSON(_ header: String?) -> Bool {
        guard let header else { return false }
        if header == "application/json" { return true }
        let type = header.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
        return type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json"))
    }
}

/// The trace that a request belongs to.
enum Trace {
    /// The trace id of a valid W3C `traceparent`; empty without one.
    static func of(_ request: Request) -> String {
        guard let parent = request.headers[WebhookHeader.traceParent] else { return "" }
        let parts = parent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[1].count == 32, parts[1].allSatisfy({ $0.isHexDigit && $0.isASCII }) else {
            return ""
        }
        return parts[1].lowercased()
    }
}
