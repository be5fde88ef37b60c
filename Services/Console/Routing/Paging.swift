import Foundation
import HTTPServing
import Store

/// `?limit=&cursor=`: lists go on after the last item of the page before, so that nothing is skipped or shown twice while
/// rows come and go.
struct PageRequest: Sendable {
    static let limits = 1...200
    static let defaultLimit = 50

    var limit: Int
    /// What the page before ended with; nil for the first page.
    var after: String?

    /// - Parameter list: The name of the list: a cursor of another one is refused.
    init(_ reader: inout QueryReader, list: String) {
        limit = reader.limit()
        if let cursor = reader.given("cursor") {
            after = PageCursor.key(cursor, list: list)
            if after == nil { reader.note("cursor", "must be a next_cursor of this list") }
        }
    }

    /// One more than asked for, which tells whether there is a next page.
    var fetch: Int { limit + 1 }

    /// The page of what was fetched.
    ///
    /// - Parameters:
    ///   - key: What the next page goes on after.
    ///   - json: An item as the viewer sees it.
    func page<Item>(
        _ fetched: [Item], list: String, key: (Item) -> String, json: (Item) throws -> JSONValue
    ) rethrows -> JSONValue {
        let items = fetched.prefix(limit)
        let next = fetched.count > limit ? items.last.map { PageCursor.text(key($0), list: list) } : nil
        return ["items": .array(try items.map(json)), "next_cursor": .optional(next)]
    }

    static let parameters = [
        Route.QueryParameter("limit", .integer(limits), "How many items, 50 when left out."),
        Route.QueryParameter("cursor", .string(1...1000), "`next_cursor` of the page before."),
    ]
}

/// A cursor as clients carry it: opaque text of the list's name and the last item's key.
enum PageCursor {
    static func text(_ key: String, list: String) -> String {
        Data("\(list)\n\(key)".utf8).base64EncodedString()
            .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }

    /// The key; nil for what is no cursor of this list.
    static func key(_ text: String, list: String) -> String? {
        var base64 = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        while base64.count % 4 != 0 { base64.append("=") }
        guard let data = Data(base64Encoded: base64), let plain = String(data: data, encoding: .utf8),
            plain.hasPrefix(list + "\n"), !plain.contains("\0")
        else { return nil }
        return String(plain.dropFirst(list.count + 1))
    }
}
