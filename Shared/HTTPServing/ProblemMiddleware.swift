import HTTPTypes
import Hummingbird
import Logging
import NIOHTTP1

/// Turns every error that a route throws, and every route that is not there, into a problem document.
///
/// An error of unknown type becomes a 500 whose text says nothing of its cause; the cause goes into the log.
public struct ProblemMiddleware<Context: RequestContext>: RouterMiddleware {
    private let translate: @Sendable (any Error) -> Problem?

    /// - Parameter translate: Problems for errors of other modules, such as a database that can't be reached.
    public init(translate: @escaping @Sendable (any Error) -> Problem? = { _ in nil }) {
        self.translate = translate
    }

    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let response: Response
        do {
            response = try await next(request, context)
        } catch {
            response = problem(for: error, request: request, context: context).response()
        }
        // A body would be read as the next answer of the connection.
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func problem(for error: any Error, request: Request, context: Context) -> Problem {
        if let problem = error as? Problem { return problem }
        if let problem = translate(error) { return problem }
        if error is HTTPParserError {
            return Problem(.badRequest, detail: "The body can't be read: it breaks off, or its chunks are wrong.")
        }
        if let known = error as? any HTTPResponseError {
            return Problem(known.status, detail: Self.detail(for: known.status, request: request))
        }
        context.logger.error(
            "request failed",
            metadata: ["error": "\(error)", "method": "\(request.method)", "path": "\(request.uri.path)"])
        return Problem(
            .internalServerError, detail: "Something went wrong here; it is in the log. Try again in a moment.")
    }

    private static func detail(for status: HTTPResponse.Status, request: Request) -> String {
        switch status {
        case .notFound: "There is nothing at this path. GET /api/openapi.json lists what there is."
        case .methodNotAllowed: "This path does not take \(request.method)."
        case .contentTooLarge: "The body is larger than allowed."
        case .badRequest: "The request could not be read."
        default: status.reasonPhrase
        }
    }
}
