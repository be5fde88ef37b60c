import Domain

/// Reads one alert object field by field and names everything that is wrong with it, instead of stopping at the first.
struct AlertFields {
    enum Key: String, CodingKey {
        case assetName = "asset_name"
        case signature, severity, message
        case toolSource = "tool_source"
        case status
        case dedupKey = "dedup_key"
        case timestamp, labels, links
    }

    private(set) var problems: [FieldProblem] = []
    private let container: KeyedDecodingContainer<Key>

    init(_ container: KeyedDecodingContainer<Key>) {
        self.container = container
    }

    mutating func problem(_ key: Key, _ message: String) {
        problems.append(FieldProblem(key.rawValue, message))
    }

    /// - Returns: Nil when missing, null, or wrong; wrong ones are noted.
    mutating func text(_ key: Key, maximum: Int, required: Bool) -> String? {
        guard container.contains(key), (try? container.decodeNil(forKey: key)) != true else {
            if required { problem(key, "is required") }
            return nil
        }
        guard let value = try? container.decode(String.self, forKey: key) else {
            problem(key, "must be a string")
            return nil
        }
        if let wrong = Self.wrong(value, maximum: maximum, mayBeEmpty: !required) {
            problem(key, wrong)
            return nil
        }
        return value
    }

    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: Key, required: Bool
    ) -> Choice? {
        guard let value = text(key, maximum: 64, required: required) else { return nil }
        guard let choice = Choice(rawValue: value) else {
            problem(key, "must be one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
            return nil
        }
        return choice
    }

    mutating func instant(_ key: Key) -> Timestamp? {
        guard let value = text(key, maximum: 64, required: false) else { return nil }
        guard let instant = Timestamp(rfc3339: value) else {
            problem(key, "must be an RFC 3339 time such as 2026-01-01T08:15:30Z")
            return nil
        }
        return instant
    }

    mutating func labels() -> [String: String] {
        let key = Key.labels
        guard container.contains(key), (try? container.decodeNil(forKey: key)) != true else { return [:] }
        let plain = try? container.decode([String: String].self, forKey: key)
        guard
            let labels = plain
                ?? (try? container.decode([String: LabelValue].self, forKey: key))?.mapValues(\.text)
        else {
            problem(key, "must be an object of strings")
            return [:]
        }
        guard labels.count <= 64 else {
            problem(key, "must have at most 64 entries")
            return [:]
        }
        for (name, value) in labels {
            if let wrong = Self.wrong(name, maximum: 255, mayBeEmpty: false)
                ?? Self.wrong(value, maximum: 4096, mayBeEmpty: true)
            {
                problem(key, "has an entry that " + wrong)
                return [:]
            }
        }
        return labels
    }

    mutating func links() -> [String] {
        let key = Key.links
        guard container.contains(key), (try? container.decodeNil(forKey: key)) != true else { return [] }
        guard let links = try? container.decode([String].self, forKey: key) else {
            problem(key, "must be an array of strings")
            return []
        }
        guard links.count <= 20 else {
            problem(key, "must have at most 20 entries")
            return []
        }
        for link in links {
            if let wrong = Self.wrong(link, maximum: 2048, mayBeEmpty: false) {
                problem(key, "has an entry that " + wrong)
                return []
            }
            guard link.hasPrefix("https://") || link.hasPrefix("http://") else {
                problem(key, "must hold http or https addresses")
                return []
            }
        }
        return links
    }

    /// What is wrong with a text; nil when nothing is.
    static func wrong(_ value: String, maximum: Int, mayBeEmpty: Bool) -> String? {
        if value.isEmpty { return mayBeEmpty ? nil : "must not be empty" }
        if value.utf8.count > maximum, value.unicodeScalars.count > maximum {
            return "must have at most \(maximum) characters"
        }
        // What identifies an alert is indexed, and an index entry has a limit of its own.
        if maximum <= 512, value.utf8.count > maximum * 2 { return "must have at most \(maximum * 2) bytes in UTF-8" }
        if value.utf8.contains(0) { return "must not contain a NUL" }
        return nil
    }
}

/// A label's value: a string, or a number or boolean, which becomes its text.
private struct LabelValue: Decodable {
    var text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self.text = text
        } else if let flag = try? container.decode(Bool.self) {
            text = String(flag)
        } else if let number = try? container.decode(Int64.self) {
            text = String(number)
        } else {
            text = String(try container.decode(Double.self))
        }
    }
}
