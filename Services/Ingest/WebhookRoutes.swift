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
        let body = try await read(request)
        let receivedAt = clock.now
        let trace = Trace.of(request)
        var isFresh = false
        for _ in 0..<3 {
            do {
                let pass = try await gate.admit(
                    request, body: body, address: address, now: receivedAt, isFresh: isFresh)
                let events = try read(body, of: request, as: form, receivedAt: receivedAt)
                let outcome = try await store(
                    events, request: request, pass: pass, receivedAt: receivedAt, trace: trace)
                switch outcome.verdict {
                case .accepted: return WebhookAnswer.accepted(outcome.ids, rate: outcome.rate)
                // Its own ids: a commit whose answer got lost was sent again.
                case .duplicate(let ids) where ids == outcome.ids:
                    return WebhookAnswer.accepted(outcome.ids, rate: outcome.rate)
                case .duplicate(let ids): return WebhookAnswer.duplicate(ids, rate: outcome.rate)
                case .limited(let wait):
                    count("rate_limited")
                    throw WebhookAnswer.limited(waitSeconds: wait, rate: outcome.rate)
                case .stale: isFresh = true
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
        throw WebhookAnswer.unavailable(.unavailable)
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

    private func read(
        _ body: Data, of request: Request, as form: Form, receivedAt: Timestamp
    ) throws -> [AlertEvent] {
        guard ContentType.isJSON(request.headers[.contentType]) else {
            count("not_json_type")
            throw Problem(.unsupportedMediaType, detail: "Send JSON with Content-Type: application/json.")
        }
        do {
            return try form.events(from: body, receivedAt: receivedAt)
        } catch .unreadable(let why) {
            count("unreadable")
            throw Problem(.badRequest, detail: why)
        } catch .invalid(let problems) {
            count("invalid")
            throw Problem.unprocessable(problems.map { .init(field: $0.field, message: $0.message) })
        }
    }

    private func store(
        _ events: [AlertEvent], request: Request, pass: Gate.Pass, receivedAt: Timestamp, trace: String
    ) async throws -> (verdict: AcceptVerdict, rate: RateState, ids: [AlertID]) {
        // A microsecond apart, so that the alerts of a request keep their order.
        let alerts = events.enumerated().map { index, event in
            let moment = receivedAt + .microseconds(index)
            return NewAlert(id: AlertID(UUIDv7.make(at: moment)), event: event, receivedAt: moment, trace: trace)
        }
        guard let first = alerts.first else { throw GroupCommit.Refusal.unstorable }
        let key = try Idempotency.key(headers: request.headers, signed: pass.signed, firstAlert: first.id)
        let outcome = try await commit.submit(
            AcceptableRequest(
                companyID: pass.integration.companyID, integrationID: pass.integration.integrationID,
                integrationVersion: pass.integration.version, key: key, alerts: alerts))
        return (outcome.verdict, outcome.rate, alerts.map(\.id))
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
