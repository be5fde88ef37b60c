import Domain
import Foundation
import HTTPServing
import HTTPTypes
import Store

/// A request that passed the gate: who asks, and what, read but not yet judged by its handler.
public struct APIRequest: Sendable {
    /// Parts of the path, decoded.
    var path: [String: String]
    /// Decoded; a name may stand there more than once.
    var query: [String: [String]]
    /// The body's object; empty when there is none.
    var body: JSONValue
    /// Nil on routes that need no sign-in.
    var viewer: SignedIn?
    /// The version of `If-Match`.
    var ifMatch: Int64?
    var headers: HTTPFields
    /// The client's network address.
    var sender: String
    /// How the credential came.
    var csrf: CSRFProof
    /// The moment of receipt by the database's clock.
    var now: Timestamp

    /// Who asks.
    func signedIn() throws -> SignedIn {
        guard let viewer else { throw Problem.signInNeeded }
        return viewer
    }

    /// `{id}` of the path.
    var id: String { path["id"] ?? "" }

    /// A query parameter; the last one counts.
    func text(_ name: String) -> String? { query[name]?.last }

    /// A reader of the body's fields.
    var fields: FieldReader { FieldReader(body) }
}

extension APIRequest {
    /// The companies that a list covers: the one named by `company_id`, else all client companies of the viewer.
    ///
    /// - Throws: 404 for one that the viewer may not see.
    func companies() throws -> [CompanyID] {
        let viewer = try signedIn()
        guard let wanted = text("company_id").map({ CompanyID($0) }) else { return viewer.clientCompanies }
        guard viewer.clientCompanies.contains(wanted) else { throw Problem.notFound("company") }
        return [wanted]
    }

    /// A reader of the query.
    var queryReader: QueryReader { QueryReader(query) }
}

extension Problem {
    static let signInNeeded = Problem(
        .unauthorized, detail: "Sign in first, or send a valid token.",
        headers: [.wwwAuthenticate: "Bearer realm=\"alert-whisperer\""])

    static func forbidden(_ detail: String) -> Problem { Problem(.forbidden, detail: detail) }

    static func invalid(_ problems: [FieldProblem]) -> Problem {
        .unprocessable(problems.map { FieldError(field: $0.field, message: $0.message) })
    }
}
