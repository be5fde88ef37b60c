import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Secrets
import Store

/// Posts signed alerts, and tries again what may have got lost, under the same delivery id.
struct AlertSender: Sendable {
    /// What Ingest said at last.
    struct Answer: Sendable {
        var status: Int
        var body: JSONValue
        /// Seconds after which it may be tried again.
        var retryAfter: Int?

        var failure: CommandFailure {
            let detail = body["detail"]?.string ?? "status \(status)"
            let fields = body["errors"]?.array?.compactMap { problem in
                problem["field"]?.string.map { "\($0) \(problem["message"]?.string ?? "")" }
            }
            let advice: String? =
                switch status {
                case 401: "Look at the API key and the signing secret; the clocks may differ by 5 minutes at most."
                case 429: retryAfter.map { "Try again in \($0) s, or raise the company's rate limit." }
                case 503: "Nothing was stored. Try again; `aw doctor` says what is wrong."
                default: fields?.joined(separator: "; ")
                }
            return CommandFailure("Ingest refused it (\(status)): \(detail)", advice: advice)
        }
    }

    private static let attempts = 4

    let target: AlertTarget
    private let client: HTTPClient

    /// Lends a sender with its connections to a closure.
    static func with<Value: Sendable>(
        _ target: AlertTarget, connections: Int, _ work: (AlertSender) async throws -> Value
    ) async throws -> Value {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(30))
        configuration.httpVersion = .http1Only
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let value = try await work(AlertSender(target: target, client: client))
            try await client.shutdown()
            return value
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    /// Sends one request: one alert as an object, several as an array. Refusals are answers, not errors; what is worth it
    /// is tried again, up to four times in all.
    ///
    /// - Throws: When Ingest can't be reached.
    func send(_ alerts: [TestAlert]) async throws -> Answer {
        let encoder = JSONEncoder()
        let body = try alerts.count == 1 ? encoder.encode(alerts[0]) : encoder.encode(alerts)
        let delivery = UUID().uuidString.lowercased()
        var attempt = 1
        while true {
            let isLast = attempt == Self.attempts
            do {
                let answer = try await post(body, delivery: delivery)
                if isLast || answer.status < 500 { return answer }
                try await Task.sleep(for: .seconds(min(answer.retryAfter ?? 1, 5)))
            } catch  where isLast || error is CancellationError {
                throw error
            } catch {
                try await Task.sleep(for: .milliseconds(200 << attempt))
            }
            attempt += 1
        }
    }

    private func post(_ body: Data, delivery: String) async throws -> Answer {
        var request = HTTPClientRequest(url: target.url + "/api/webhooks/alerts")
        request.method = .POST
        request.headers = ["Content-Type": "application/json", "X-API-Key": target.apiKey, "X-Delivery-ID": delivery]
        if !target.hmacSecret.isEmpty {
            let timestamp = String(Int(Date().timeIntervalSince1970))
            request.headers.add(name: "X-Timestamp", value: timestamp)
            request.headers.add(
                name: "X-Signature",
                value: RequestSignature.make(
                    secret: Array(target.hmacSecret.utf8), timestamp: timestamp, body: body))
        }
        request.body = .bytes(ByteBuffer(bytes: body))
        let response = try await client.execute(request, timeout: .seconds(30))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        return Answer(
            status: Int(response.status.code), body: (try? JSONValue(parsing: Array(bytes.readableBytesView))) ?? .null,
            retryAfter: response.headers.first(name: "Retry-After").flatMap { Int($0) })
    }
}
