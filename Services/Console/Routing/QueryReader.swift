import Domain
import HTTPServing
import Store

/// Reads query parameters and notes all that is wrong.
struct QueryReader {
    private let query: [String: [String]]
    private var problems: [FieldProblem] = []

    init(_ query: [String: [String]]) {
        self.query = query
    }

    /// - Throws: 422 naming every parameter that was wrong.
    func check() throws {
        if !problems.isEmpty { throw Problem.invalid(problems) }
    }

    mutating func note(_ name: String, _ message: String) {
        problems.append(FieldProblem(name, message))
    }

    /// The last value of a name; nil when it is missing or empty.
    func value(_ name: String) -> String? {
        guard let text = query[name]?.last, !text.isEmpty else { return nil }
        return text
    }

    /// The last value of a name, also an empty one.
    func given(_ name: String) -> String? { query[name]?.last }

    mutating func text(_ name: String, maximum: Int = 200) -> String? {
        guard let text = value(name) else { return nil }
        guard text.count <= maximum else {
            note(name, "must have at most \(maximum) characters")
            return nil
        }
        return text
    }

    /// Several values, separated by commas or given one by one.
    mutating func choices<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ type: Choice.Type, also names: [String: [Choice]] = [:]
    ) -> [Choice] {
        var chosen: [Choice] = []
        for word in query[name, default: []].flatMap({ $0.split(separator: ",") }).map(String.init) {
            if let group = names[word] {
                chosen += group
            } else if let choice = Choice(rawValue: word) {
                chosen.append(choice)
            } else {
                let allowed = Choice.allCases.map(\.rawValue) + names.keys.sorted()
                note(name, "must be of " + allowed.joined(separator: ", "))
            }
        }
        return chosen
    }

    mutating func instant(_ name: String) -> Timestamp? {
        guard let text = given(name) else { return nil }
        // A plus that was not encoded arrives as a space.
        guard let instant = Timestamp(rfc3339: text) ?? Timestamp(rfc3339: Self.plusAgain(text)) else {
            note(name, "must be an RFC 3339 time such as 2026-01-01T08:15:30Z")
            return nil
        }
        return instant
    }

    private static func plusAgain(_ text: String) -> String {
        guard let space = text.lastIndex(of: " ") else { return text }
        return text[..<space] + "+" + text[text.index(after: space)...]
    }

    /// `limit`, 1 to 200.
    mutating func limit() -> Int {
        guard let text = given("limit") else { return PageRequest.defaultLimit }
        guard let limit = Int(text), PageRequest.limits.contains(limit) else {
            note("limit", "must be a whole number from 1 to 200")
            return PageRequest.defaultLimit
        }
        return limit
    }
}
