/// One environment variable: what it means, what it may be, and what it is when unset.
///
/// All settings of all processes are listed in ``SettingsCatalogue``, from which the documentation is checked.
public struct Setting: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case text
        case integer(ClosedRange<Int>)
        case choice([String])
        case boolean
        /// `HOST:PORT`-free URL of a PostgreSQL server.
        case url
    }

    /// `AW_INGEST_PORT`.
    public var name: String
    public var kind: Kind
    /// Nil: it must be set.
    public var fallback: String?
    /// What it is for, one sentence, with the unit.
    public var summary: String
    public var isSecret: Bool

    public init(_ name: String, _ kind: Kind, default fallback: String?, secret: Bool = false, _ summary: String) {
        self.name = name
        self.kind = kind
        self.fallback = fallback
        self.isSecret = secret
        self.summary = summary
    }

    /// What is allowed, for people.
    public var allowed: String {
        switch kind {
        case .text: "any text"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .choice(let choices): "one of " + choices.joined(separator: ", ")
        case .boolean: "true or false"
        case .url: "a URL such as postgres://user@host:5432/database"
        }
    }
}

/// A setting that stops the process at start. Names the variable, its value unless secret, and what is allowed.
public struct SettingError: Error, CustomStringConvertible, Equatable {
    public var setting: Setting
    /// Nil when it is missing.
    public var value: String?
    public var hint: String?

    public init(setting: Setting, value: String?, hint: String? = nil) {
        self.setting = setting
        self.value = value
        self.hint = hint
    }

    public var description: String {
        let subject =
            if let value {
                setting.isSecret ? "\(setting.name) has a value that is not allowed" : "\(setting.name) is \"\(value)\""
            } else {
                "\(setting.name) is not set"
            }
        return "\(subject); it must be \(setting.allowed)." + (hint.map { " \($0)" } ?? "")
    }
}
