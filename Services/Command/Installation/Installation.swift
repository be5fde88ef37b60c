import Foundation
import Runtime
import Store

/// What `scripts/up` left on this machine: settings in `environment`, accounts in `credentials.json`.
struct Installation: Sendable, Equatable {
    /// The `.run` directory; nil when there is none.
    var directory: URL?
    /// The settings of `environment`, by name.
    var settings: [String: String]

    /// Looks for `.run/environment` in a directory and those above it.
    static func find(from start: URL) -> Installation {
        var place = start.standardizedFileURL
        while true {
            let candidate = place.appending(path: ".run")
            if let found = read(candidate) { return found }
            let parent = place.deletingLastPathComponent()
            if parent.path == place.path || place.path == "/" { return Installation(directory: nil, settings: [:]) }
            place = parent
        }
    }

    /// The installation in a directory; nil when it has no `environment` that may be read.
    static func read(_ directory: URL) -> Installation? {
        guard let text = try? String(contentsOf: directory.appending(path: "environment"), encoding: .utf8) else {
            return nil
        }
        return Installation(directory: directory, settings: parse(text))
    }

    /// `NAME=value` lines.
    static func parse(_ text: String) -> [String: String] {
        var settings: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { settings[String(parts[0])] = String(parts[1]) }
        }
        return settings
    }

    /// The accounts that `scripts/up` made; nil when there are none.
    var credentials: Credentials? {
        directory.flatMap { Credentials.read($0.appending(path: "credentials.json")) }
    }
}

/// The settings of a run of `aw`: those of the environment, then those of the installation.
struct CommandSettings: Sendable {
    var settings: Settings
    var installation: Installation
    /// Where the database's URL comes from, for people.
    var databaseSource: String

    init(environment: [String: String], installation: Installation) {
        var values = environment.filter { $0.key.hasPrefix("AW_") && !$0.value.isEmpty }
        let url = SettingsCatalogue.databaseURL.name
        databaseSource =
            if values[url] != nil {
                url
            } else if installation.settings[url] != nil {
                (installation.directory?.path ?? "") + "/environment"
            } else {
                "the default"
            }
        values.merge(installation.settings) { set, _ in set }
        settings = Settings(values: values)
        self.installation = installation
    }
}
