import Foundation
import Testing

@testable import Runtime

/// Holds `docs/configuration.md` and `.env.example` to the catalogue.
@Suite struct SettingsDocumentationTests {
    private static func lines(_ path: String) throws -> [String] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: path), encoding: .utf8).components(separatedBy: "\n")
    }

    /// A row of the table in `docs/configuration.md`.
    private static func row(_ setting: Setting) -> String {
        let standard =
            switch setting.fallback {
            case nil: "none; it must be set"
            case let value?: "`\(value)`"
            }
        return "| `\(setting.name)` | \(setting.summary) | \(setting.allowed) | \(standard) | "
            + (setting.isSecret ? "yes |" : "no |")
    }

    @Test(arguments: SettingsCatalogue.all)
    func everySettingIsDocumentedAsItIs(setting: Setting) throws {
        #expect(try Self.lines("docs/configuration.md").contains(Self.row(setting)), "missing: \(Self.row(setting))")
    }

    @Test func theDocumentationNamesNoSettingThatIsNotThere() throws {
        let documented = try Self.lines("docs/configuration.md").filter { $0.hasPrefix("| `AW_") }
        #expect(documented == SettingsCatalogue.all.map(Self.row))
    }

    @Test func theExampleHoldsEverySettingWithItsDefault() throws {
        let assignments = try Self.lines(".env.example").filter { $0.hasPrefix("#AW_") }
        #expect(assignments == SettingsCatalogue.all.map { "#\($0.name)=\($0.fallback ?? "")" })
    }

    @Test func theExampleSaysWhatEachSettingIsFor() throws {
        let text = try Self.lines(".env.example").joined(separator: "\n")
        for setting in SettingsCatalogue.all {
            #expect(text.contains("# \(setting.summary)\n"), "\(setting.name) is not explained")
        }
    }

    @Test func theExampleChangesNothingAsItStands() throws {
        let active = try Self.lines(".env.example").filter { !$0.isEmpty && !$0.hasPrefix("#") }
        #expect(active == [])
    }
}
