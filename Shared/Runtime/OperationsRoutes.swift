import Foundation
import HTTPServing
import HTTPTypes
import Hummingbird

/// `/health/live`, `/health/ready` and `/metrics`, the same in every process.
public struct OperationsRoutes: Sendable {
    private struct Report: Encodable {
        var checks: [ReadinessCheck.Result]
    }

    let health: Health
    let metrics: PrometheusMetrics

    public init(health: Health, metrics: PrometheusMetrics) {
        self.health = health
        self.metrics = metrics
    }

    public func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
        router.get("/health/live") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: #"{"status":"live"}"#)))
        }
        router.get("/health/ready") { _, _ in
            let checks = await health.report()
            let body = try JSONEncoder.api.encode(Report(checks: checks))
            return Response(
                status: checks.allSatisfy(\.ok) ? .ok : .serviceUnavailable,
                headers: [.contentType: "application/json", .cacheControl: "no-store"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
        }
        router.get("/metrics") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.exposition())))
        }
    }
}
