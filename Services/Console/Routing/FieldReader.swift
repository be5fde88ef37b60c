import Domain
import HTTPServing
import Store

/// Reads the fields of a body and notes all that is wrong, so that a caller hears of everything at once.
///
/// A reading that fails gives a value that must not be used: call ``check()`` before using any.
struct FieldReader {
    private let fields: [String: JSONValue]
    private(set) var problems: [FieldProblem] = []

    init(_ body: JSONValue) {
        fields = body.object ?? [:]
    }

    /// - Throws: 422 naming every field that was wrong.
    func check() throws {
        if !problems.isEmpty { throw Problem.invalid(problems) }
    }

    mutating func note(_ field: String, _ message: String) {
        problems.append(FieldProblem(field, message))
    }

    /// Whether the field is there, be it null.
    func has(_ name: String) -> Bool { fields[name] != nil }

    /// A field that is there and not null.
    private func present(_ name: String) -> JSONValue? {
        guard let value = fields[name], value != .null else { return nil }
        return value
    }

    mutating func text(_ name: String, _ length: ClosedRange<Int>) -> String {
        guard has(name) else {
            note(name, "is missing")
            return ""
        }
        guard let text = optionalText(name, length) else {
            if present(name) == nil { note(name, "must not be null") }
            return ""
        }
        return text
    }

    mutating func optionalText(_ name: String, _ length: ClosedRange<Int>) -> String? {
        guard let value = present(name) else { return nil }
        guard let text = value.string else {
            note(name, "must be a string")
            return nil
        }
        guard length.contains(text.count) else {
            note(name, "must have \(length.lowerBound) to \(length.upperBound) characters")
            return nil
        }
        guard !text.unicodeScalars.contains("\0") else {
            note(name, "must not contain a NUL character")
            return nil
        }
        return text
    }

    mutating func optionalBool(_ name: String) -> Bool? {
        guard let value = present(name) else { return nil }
        guard let flag = value.bool else {
            note(name, "must be true or false")
            return nil
        }
        return flag
    }

    mutating func optionalInteger(_ name: String, _ range: ClosedRange<Int>) -> Int? {
        guard let value = present(name) else { return nil }
        guard let whole = value.integer, range.contains(whole) else {
            note(name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return whole
    }

    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) -> Choice? {
        guard let value = present(name) else { return nil }
        guard let choice = value.string.flatMap(Choice.init(rawValue:)) else {
            note(name, "must be one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
            return nil
        }
        return choice
    }

    mutating func strings(_ name: String, maximum: Int, _ length: ClosedRange<Int>) -> [String]? {
        guard let value = present(name) else { return nil }
        guard let values = value.array, values.count <= maximum else {
            note(name, "must be a list of at most \(maximum) strings")
            return nil
        }
        var texts: [String] = []
        for (index, value) in values.enumerated() {
            guard let text = value.string, length.contains(text.count), !text.unicodeScalars.contains("\0") else {
                note("\(name)[\(index)]", "must be a string of \(length.lowerBound) to \(length.upperBound) characters")
                continue
            }
            texts.append(text)
        }
        return texts
    }

    mutating func optionalInstant(_ name: String) -> Timestamp? {
        guard let value = present(name) else { return nil }
        guard let instant = value.string.flatMap({ Timestamp(rfc3339: $0) }) else {
            note(name, "must be an RFC 3339 time such as 2026-01-01T08:15:30Z")
            return nil
        }
        return instant
    }
}
