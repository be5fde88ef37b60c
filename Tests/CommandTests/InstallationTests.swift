import Foundation
import Runtime
import Testing

@testable import Command

@Suite struct InstallationTests {
    private func temporary() throws -> URL {
        let directory = FileManager.default.temporaryDirectory.appending(path: "aw-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        return directory
    }

    @Test func itIsFoundFromADirectoryBelow() throws {
        let root = try temporary()
        defer { try? FileManager.default.removeItem(at: root) }
        let below = root.appending(path: "docs/adr")
        try FileManager.default.createDirectory(at: below, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(at: root.appending(path: ".run"), withIntermediateDirectories: true)
        try "AW_DATABASE_URL=postgres://h/d?a=b\n# a remark\nAW_MASTER_KEY=k1:abc=\n".write(
            to: root.appending(path: ".run/environment"), atomically: true, encoding: .utf8)
        let found = Installation.find(from: below)
        #expect(found.directory?.lastPathComponent == ".run")
        #expect(found.settings == ["AW_DATABASE_URL": "postgres://h/d?a=b", "AW_MASTER_KEY": "k1:abc="])
    }

    @Test func withoutOneTheSettingsAreThoseOfTheEnvironment() throws {
        let root = try temporary()
        defer { try? FileManager.default.removeItem(at: root) }
        let found = Installation.find(from: root)
        #expect(found.directory == nil)
        let settings = CommandSettings(environment: ["AW_DATABASE_URL": "postgres://e/e"], installation: found)
        #expect(try settings.settings.text(SettingsCatalogue.databaseURL) == "postgres://e/e")
        #expect(settings.databaseSource == "AW_DATABASE_URL")
    }

    @Test func theEnvironmentGoesBeforeTheInstallation() throws {
        let installation = Installation(
            directory: URL(filePath: "/x/.run"),
            settings: ["AW_DATABASE_URL": "postgres://i/i", "AW_MASTER_KEY": "kept"])
        let settings = CommandSettings(
            environment: ["AW_DATABASE_URL": "postgres://e/e", "AW_MASTER_KEY": ""], installation: installation)
        #expect(try settings.settings.text(SettingsCatalogue.databaseURL) == "postgres://e/e")
        #expect(try settings.settings.text(SettingsCatalogue.masterKey) == "kept")
    }

    @Test func itIsSaidWhereTheDatabaseIsFrom() {
        let installation = Installation(
            directory: URL(filePath: "/x/.run"), settings: ["AW_DATABASE_URL": "postgres://i/i"])
        #expect(
            CommandSettings(environment: [:], installation: installation).databaseSource == "/x/.run/environment")
        let none = Installation(directory: nil, settings: [:])
        #expect(CommandSettings(environment: [:], installation: none).databaseSource == "the default")
    }

    @Test func credentialsAreKeptForTheirOwnerAloneAndReadBack() throws {
        let root = try temporary()
        defer { try? FileManager.default.removeItem(at: root) }
        let file = root.appending(path: "credentials.json")
        var kept = Credentials(
            database: "aw/1", adminEmail: "a@b", adminPassword: "p", companyID: "comp-demo", apiKey: nil,
            hmacSecret: nil)
        try kept.write(file)
        #expect(Credentials.read(file) == kept)
        kept.apiKey = "aw_1"
        try kept.write(file)
        #expect(Credentials.read(file) == kept)
        let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: root.path) == ["credentials.json"])
    }

    /// `scripts/up` reads the file without a JSON parser.
    @Test func theFileHasOneFieldALine() throws {
        let root = try temporary()
        defer { try? FileManager.default.removeItem(at: root) }
        let file = root.appending(path: "credentials.json")
        try Credentials(
            database: "aw/1", adminEmail: "a@b", adminPassword: "p", companyID: "comp-demo", apiKey: "aw_1",
            hmacSecret: "s"
        ).write(file)
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.contains("  \"api_key\" : \"aw_1\","))
        #expect(lines.contains("  \"hmac_secret\" : \"s\""))
    }
}
