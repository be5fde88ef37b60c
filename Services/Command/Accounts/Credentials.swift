import Foundation

/// The first accounts of an installation, as `scripts/up` prints them. The file is for its owner's eyes alone.
struct Credentials: Sendable, Equatable, Codable {
    /// Which database they belong to.
    var database: String
    var adminEmail: String
    var adminPassword: String
    var companyID: String
    /// Nil until the company is made.
    var apiKey: String?
    var hmacSecret: String?

    enum CodingKeys: String, CodingKey {
        case database
        case adminEmail = "admin_email"
        case adminPassword = "admin_password"
        case companyID = "company_id"
        case apiKey = "api_key"
        case hmacSecret = "hmac_secret"
    }

    /// Nil when there is no such file, or it holds something else.
    static func read(_ file: URL) -> Credentials? {
        guard let data = try? Data(contentsOf: file) else { return nil }
        return try? JSONDecoder().decode(Credentials.self, from: data)
    }

    /// Puts them into a file that only its owner may read, all at once or not at all. One field a line.
    func write(_ file: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(self) + Data("\n".utf8)
        let fresh = file.deletingLastPathComponent().appending(path: ".\(file.lastPathComponent).new")
        try? FileManager.default.removeItem(at: fresh)
        guard
            FileManager.default.createFile(
                atPath: fresh.path, contents: data, attributes: [.posixPermissions: 0o600])
        else {
            throw CommandFailure("\(file.path) can't be written", advice: "Look at the rights of its directory.")
        }
        guard rename(fresh.path, file.path) == 0 else {
            throw CommandFailure("\(file.path) can't be replaced", advice: "Look at the rights of its directory.")
        }
    }
}
