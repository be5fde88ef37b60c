import HTTPTypes
import Store

/// One path and method of the API, declared once: what serves it, who may use it, and what stands in the document.
public struct Route: Sendable {
    public struct QueryParameter: Sendable {
        public var name: String
        public var schema: Schema
        public var description: String

        init(_ name: String, _ schema: Schema, _ description: String) {
            self.name = name
            self.schema = schema
            self.description = description
        }
    }

    /// The JSON object that a request carries.
    public struct Body: Sendable {
        public var schema: Schema
        public var example: JSONValue
        /// Whether a request without a body is refused.
        public var isRequired: Bool

        init(_ schema: Schema, example: JSONValue, isRequired: Bool = true) {
            self.schema = schema
            self.example = example
            self.isRequired = isRequired
        }
    }

    /// What a route answers when all is well.
    public struct Success: Sendable {
        public var status: HTTPResponse.Status
        /// Nil: no body.
        public var schema: Schema?
        /// Nil for JSON.
        public var contentType: String?

        public static func ok(_ schema: Schema) -> Success { Success(status: .ok, schema: schema) }
        public static func created(_ schema: Schema) -> Success { Success(status: .created, schema: schema) }
        public static let noContent = Success(status: .noContent)
    }

    /// Refusals that do not follow from the other facts of a route.
    public enum Refusal: Sendable {
        /// 409: the state of the thing does not allow it.
        case conflict
        /// 412: `If-Match` names another version.
        case version
        /// 429.
        case tooMany
        /// 401 though no sign-in is needed.
        case credentials
        /// 404 for something named in the body or query.
        case missing
    }

    public typealias Handler = @Sendable (APIRequest) async throws -> Reply

    public let method: HTTPRequest.Method
    /// `/api/companies/{id}`.
    public let path: String
    public let tag: String
    public let summary: String
    public let permission: Permission
    public let query: [QueryParameter]
    public let body: Body?
    public let success: Success
    public let refusals: [Refusal]
    public let handler: Handler

    /// - Parameter permission: Who may use it; deliberately without a default.
    init(
        _ method: HTTPRequest.Method, _ path: String, tag: String, _ summary: String, permission: Permission,
        query: [QueryParameter] = [], body: Body? = nil, success: Success, refusals: [Refusal] = [],
        handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.tag = tag
        self.summary = summary
        self.permission = permission
        self.query = query
        self.body = body
        self.success = success
        self.refusals = refusals
        self.handler = handler
    }

    /// `{id}` and the like.
    public var pathParameters: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }

    /// Whether it changes something.
    public var isUnsafe: Bool { method != .get && method != .head }

    /// Whether the request must come with a credential.
    public var needsSignIn: Bool {
        if case .everybody = permission.audience { return false }
        return true
    }

    /// Every status that it may answer.
    public var statuses: [Int] {
        var codes: Set<Int> = [success.status.code, 500, 503]
        if needsSignIn { codes.formUnion([401, 403]) }
        if !pathParameters.isEmpty || permission.scope == .companyInQuery { codes.insert(404) }
        if !query.isEmpty { codes.formUnion([400, 422]) }
        if body != nil { codes.formUnion([400, 413, 415, 422]) }
        if isUnsafe, needsSignIn { codes.formUnion([409, 422]) }
        for refusal in refusals {
            switch refusal {
            case .conflict: codes.insert(409)
            case .version: codes.insert(412)
            case .tooMany: codes.insert(429)
            case .credentials: codes.formUnion([401, 403])
            case .missing: codes.insert(404)
            }
        }
        return codes.sorted()
    }
}
