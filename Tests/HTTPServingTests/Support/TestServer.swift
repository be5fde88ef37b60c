import HTTPServing
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// A server on a free port for the time of one test: three routes and a WebSocket at `/api/stream`.
struct TestServer: Sendable {
    let port: Int
    /// Begins the graceful shutdown.
    let shutDown: @Sendable () async -> Void

    static func running(
        limits: WebSocketLimits = .init(), deadlines: RequestDeadlineHandler.Limits = .init(),
        accept: @escaping @Sendable (HTTPRequest, String?) async throws -> WebSocketAcceptance = { _, _ in .init() },
        handle: @escaping @Sendable (WebSocketConnection, WebSocketAcceptance) async -> Void = echo,
        _ body: @Sendable (TestServer) async throws -> Void
    ) async throws {
        let listener = HTTPListener(host: "127.0.0.1", port: 0, deadlines: deadlines)
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let (ports, bound) = AsyncStream.makeStream(of: Int.self)
        let application = listener.application(
            router: router(),
            server: .http1WithWebSocket(
                configuration: listener.channel,
                endpoint: WebSocketEndpoint(path: "/api/stream", accept: accept, handle: handle), limits: limits),
            logger: logger, onRunning: { bound.yield($0) })
        let services = ServiceGroup(services: [application], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { bound.finish() }
                try await services.run()
            }
            for await port in ports.prefix(1) {
                try await body(TestServer(port: port, shutDown: { await services.triggerGracefulShutdown() }))
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }

    /// Sends each message back.
    static func echo(_ connection: WebSocketConnection, _ acceptance: WebSocketAcceptance) async {
        do {
            for try await message in connection.messages { connection.send(message) }
        } catch {
            // The client sees why.
        }
    }

    private static func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: ProblemMiddleware())
        router.get("hello") { _, _ in "hello" }
        router.get("api/stream") { _, _ in "plain" }
        router.post("size") { request, context in
            let body = try await request.body.collect(upTo: 1024 * 1024)
            return "\(body.readableBytes)"
        }
        // Answers before it has seen the body.
        router.post("early") { _, _ in "early" }
        return router
    }
}
