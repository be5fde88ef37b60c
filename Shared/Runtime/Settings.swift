import Configuration

/// Reads and checks settings from the environment (or, in tests, from values given).
public struct Settings: Sendable {
    private let reader: ConfigReader

    /// The environment of this process. `AW_INGEST_PORT` is the key `aw.ingest.port`.
    public init() {
        reader = ConfigReader(provider: EnvironmentVariablesProvider())
    }

    /// Values given by name, `["AW_INGEST_PORT": "0"]`; nothing of the environment.
    public init(values: [String: String]) {
        reader = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: values))
    }

    private func value(_ setting: Setting) throws(SettingError) -> String {
        let key = ConfigKey(setting.name.lowercased().split(separator: "_").map(String.init))
        if let text = reader.string(forKey: key, isSecret: setting.isSecret), !text.isEmpty { return text }
        guard let fallback = setting.fallback else { throw SettingError(setting: setting, value: nil) }
        return fallback
    }

    /// - Throws: ``SettingError`` when it is missing or not one of its choices.
    public func text(_ setting: Setting) throws(SettingError) -> String {
        let value = try value(setting)
        if case .choice(let choices) = setting.kind, !choices.contains(value) {
            throw SettingError(setting: setting, value: value)
        }
        return value
    }

    /// Nil when it is unset and has no default.
    public func optionalText(_ setting: Setting) -> String? {
        guard let value = try? value(setting), !value.isEmpty else { return nil }
        return value
    }

    /// - Throws: ``SettingError`` when it is no number or out of range.
    public func integer(_ setting: Setting) throws(SettingError) -> Int {
        let value = try value(setting)
        guard let number = Int(value) else { throw SettingError(setting: setting, value: value) }
        if case .integer(let range) = setting.kind, !range.contains(number) {
            throw SettingError(setting: setting, value: value)
        }
        return number
    }

    /// - Throws: ``SettingError`` for anything but `true` and `false`.
    public func boolean(_ setting: Setting) throws(SettingError) -> Bool {
        switch try value(setting) {
        case "true": return true
        case "false": return false
        case let other: throw SettingError(setting: setting, value: other)
        }
    }
}
