import Domain
import Foundation
import HTTPServing
import HTTPTypes
import Hummingbird
import Store

/// The answers of the webhook endpoints; the table of them stands in `docs/messages.md`.
enum WebhookAnswer {
    static func accepted(_ ids: [AlertID], rate: RateState) -> Response {
        json(.accepted, ids: ids, duplicate: false, rate: rate)
    }

    static func duplicate(_ ids: [AlertID], rate: RateState) -> Response {
        json(.ok, ids: ids, duplicate: true, rate: rate)
    }

    static func limited(waitSeconds: Double, rate: RateState) -> Problem {
        let wait = RateLimit.retryAfter(waitSeconds)
        var headers = RateLimit.headers(rate)
        headers[.retryAfter] = String(wait)
        return Problem(
            .tooManyRequests,
            detail: "This company takes \(rate.limit) alerts a minute. Try again in \(wait) s; nothing was stored.",
            headers: headers)
    }

    static func refused(_ refusal: GateRefusal) -> Problem {
        switch refusal {
        case .tooManyFailures(let wait):
            Problem(
                .tooManyRequests, detail: "Too many bad keys or signatures from this address. Try again in \(wait) s.",
                headers: [.retryAfter: String(wait)])
        case .badDeliveryID:
            .unprocessable([.init(field: "X-Delivery-ID", message: "must have 1 to 200 characters")])
        default:
            // One text for all, so that nobody learns which part was wrong.
            Problem(
                .unauthorized,
                detail: "The API key, signature or timestamp is missing, wrong, or too old (five minutes).",
                headers: [.wwwAuthenticate: "Bearer"])
        }
    }

    static func unavailable(_ refusal: GroupCommit.Refusal) -> Problem {
        switch refusal {
        case .unstorable:
            .unprocessable([.init(field: "", message: "holds text that the database can't store")])
        case .overloaded, .unavailable:
            .unavailable("The alert can't be made durable now, so it was not taken. Send it again.", retryAfter: 2)
        }
    }

    /// Written without a general encoder: ids hold nothing that would need escaping, and this is the hot path.
    private static func json(
        _ status: HTTPResponse.Status, ids: [AlertID], duplicate: Bool, rate: RateState
    ) -> Response {
        var body = ByteBuffer()
        body.reserveCapacity(64 + 39 * ids.count)
        body.writeString("{\"accepted\":\(ids.count),\"alert_ids\":[")
        for (index, id) in ids.enumerated() {
            body.writeString(index == 0 ? "\"" : ",\"")
            body.writeString(id.rawValue.lowercaseText)
            body.writeString("\"")
        }
        body.writeString("],\"duplicate\":\(duplicate)}")
        var headers = RateLimit.headers(rate)
        headers[.contentType] = "application/json"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}
