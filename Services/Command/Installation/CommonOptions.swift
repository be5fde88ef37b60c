import ArgumentParser
import Foundation
import Logging
import Postgres
import Runtime
import Secrets
import Store

/// The options of every command.
struct CommonOptions: ParsableArguments {
    @Flag(help: "Print the result as JSON, alone on standard output.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "The directory of scripts/up, for what the environment does not say.", valueName: "directory"))
    var run: String?

    /// - Throws: ``CommandFailure`` when a directory was named that holds nothing.
    func settings() throws -> CommandSettings {
        let environment = ProcessInfo.processInfo.environment
        guard let run else {
            let here = URL(filePath: FileManager.default.currentDirectoryPath)
            return CommandSettings(environment: environment, installation: Installation.find(from: here))
        }
        guard let installation = Installation.read(URL(filePath: run)) else {
            throw CommandFailure(
                "\(run) holds no environment of scripts/up that you may read",
                advice: "Name the directory that scripts/up prints as its last line.")
        }
        return CommandSettings(environment: environment, installation: installation)
    }
}

/// The database for the duration of one command.
struct CommandDatabase: Sendable {
    var settings: CommandSettings
    var pool: PostgresPool
    var clock: DatabaseClock

    /// Opens the database, does the work and closes it.
    ///
    /// - Parameters:
    ///   - role: The database role to work as; nil for that of the login.
    ///   - verifying: Whether to refuse a schema that is not that of this version.
    static func with<Value: Sendable>(
        _ settings: CommandSettings, role: String? = "aw_worker", verifying: Bool = true, connections: Int = 2,
        _ work: (CommandDatabase) async throws -> Value
    ) async throws -> Value {
        let url = try settings.settings.text(SettingsCatalogue.databaseURL)
        func pool(role: String?) -> PostgresPool {
            PostgresPool(
                configuration: PostgresConfiguration(
                    url: url, applicationName: "aw", role: role, maximumConnections: connections,
                    connectTimeout: .seconds(5), acquireTimeout: .seconds(6)),
                logger: Logger(label: "aw", factory: { _ in SwiftLogNoOpLogHandler() }))
        }
        if verifying {
            // By the login, because the role is not there before the first migration.
            let login = pool(role: nil)
            do {
                try await Migrator(pool: login).verify()
            } catch {
                await login.close()
                throw error
            }
            await login.close()
        }
        let database = CommandDatabase(settings: settings, pool: pool(role: role), clock: DatabaseClock())
        do {
            if verifying { try await database.clock.synchronise(with: database.pool) }
            let value = try await work(database)
            await database.pool.close()
            return value
        } catch {
            await database.pool.close()
            throw error
        }
    }

    /// - Throws: `SettingError`, `MasterKeys.InvalidKey`.
    func masterKeys() throws -> MasterKeys {
        try MasterKeys(try settings.settings.text(SettingsCatalogue.masterKey))
    }
}
