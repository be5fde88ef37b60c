import Foundation
import HTTPTypes
import Hummingbird

/// An error as callers of the API see it: `application/problem+json` (RFC 9457) with `errors` naming each field.
///
/// Carries no secret and nothing of the database's own text.
public struct Problem: Error, HTTPResponseError, Equatable {
    /// One wrong field: `[3].severity` for the fourth object of an array.
    public struct FieldError: Sendable, Equatable, Codable {
        public var field: String
        public var message: String

        public init(field: String, message: String) {
            self.field = field
            self.message = message
        }
    }

    public var status: HTTPResponse.Status
    /// A short name of the kind of problem, the same every time.
    public var title: String
    /// What went wrong this time and what to do.
    public var detail: String
    public var errors: [FieldError]
    public var headers: HTTPFields

    public init(
        _ status: HTTPResponse.Status, title: String? = nil, detail: String, errors: [FieldError] = [],
        headers: HTTPFields = [:]
    ) {
        self.status = status
        self.title = title ?? status.reasonPhrase
        self.detail = detail
        self.errors = errors
        self.headers = headers
    }

    public static let contentType = "application/problem+json"

    /// The body: `{"type", "title", "status", "detail", "errors"}`; `errors` is left out when empty.
    public var body: [UInt8] {
        struct Body: Encodable {
            var type = "about:blank"
            var title: String
            var status: Int
            var detail: String
            var errors: [FieldError]?
        }
        let body = Body(title: title, status: status.code, detail: detail, errors: errors.isEmpty ? nil : errors)
        return (try? JSONEncoder.api.encode(body)).map(Array.init) ?? Array("{}".utf8)
    }

    public func response(from request: Request, context: some RequestContext) throws -> Response {
        response()
    }

    /// The answer to send.
    public func response() -> Response {
        var fields = headers
        fields[.contentType] = Self.contentType
        return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}

extension Problem {
    public static func notFound(_ what: String) -> Problem {
        Problem(.notFound, detail: "There is no such \(what), or you may not see it.")
    }

    public static func unprocessable(_ errors: [FieldError]) -> Problem {
        Problem(
            .unprocessableContent, detail: "The request was understood, but \(errors.count) field(s) are wrong.",
            errors: errors)
    }

    /// - Parameter seconds: When to try again, at least 1.
    public static func unavailable(_ detail: String, retryAfter seconds: Int = 1) -> Problem {
        Problem(.serviceUnavailable, detail: detail, headers: [.retryAfter: String(max(1, seconds))])
    }
}

extension JSONEncoder {
    /// The API's form: keys as they stand, slashes not escaped, keys sorted so that equal values have equal text.
    public static var api: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return encoder
    }
}
