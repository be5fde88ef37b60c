import HTTPTypes
import Hummingbird
import NIOCore
import Store

/// What a handler answers.
public struct Reply: Sendable {
    public var status: HTTPResponse.Status
    /// Nil: no body.
    public var body: [UInt8]?
    public var headers: HTTPFields

    init(_ status: HTTPResponse.Status, body: [UInt8]?, headers: HTTPFields = [:]) {
        self.status = status
        self.body = body
        self.headers = headers
    }

    /// - Parameter version: Of the thing, for `ETag`.
    static func ok(_ value: JSONValue, version: Int64? = nil) -> Reply {
        json(.ok, value, version: version)
    }

    /// - Parameter location: The path of what was made.
    static func created(_ value: JSONValue, location: String, version: Int64? = nil) -> Reply {
        var reply = json(.created, value, version: version)
        reply.headers[.location] = location
        return reply
    }

    static let noContent = Reply(.noContent, body: nil)

    private static func json(_ status: HTTPResponse.Status, _ value: JSONValue, version: Int64?) -> Reply {
        var headers: HTTPFields = [.contentType: "application/json"]
        if let version { headers[.eTag] = VersionTag.text(version) }
        return Reply(status, body: value.bytes, headers: headers)
    }

    /// The answer to send.
    var response: Response {
        guard let body else { return Response(status: status, headers: headers) }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}

/// Versions as `ETag` and `If-Match` carry them: `"7"`.
enum VersionTag {
    static func text(_ version: Int64) -> String { "\"\(version)\"" }

    /// What `If-Match` asks for: nil for nothing and for `*`; -1, which no version is, for a tag that is not ours.
    static func wanted(_ header: String?) -> Int64? {
        guard let header = header.map({ $0.trimmingSpaces }), header != "*" else { return nil }
        guard header.count > 2, header.first == "\"", header.last == "\"",
            let version = Int64(header.dropFirst().dropLast())
        else { return -1 }
        return version
    }
}

extension String {
    /// Without spaces and tabs at both ends.
    var trimmingSpaces: String {
        String(self.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
