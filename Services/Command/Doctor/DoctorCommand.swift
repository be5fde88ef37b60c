import ArgumentParser
import Domain
import Foundation
import Postgres
import Runtime
import Secrets
import Store

/// `aw doctor`: is everything well?
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Says what is well, what is not, and what to do.",
        discussion: """
            Looks at the database and its roles, the schema, the clocks, the master key, the running services and what waits \
            for them. Changes nothing. Ends with 1 when a check fails; a warning leaves it at 0.

            Examples:
              aw doctor
              aw doctor --json | jq -r '.findings[] | select(.level != "ok") | .advice'
            """)

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let settings = try common.settings()
        let findings = try await Examination(settings: settings).findings()
        let worst = findings.map(\.level).max() ?? .ok
        if common.json {
            Terminal.result(["healthy": .bool(worst != .fail), "findings": .array(findings.map(\.json))])
        } else {
            for line in findings.flatMap({ $0.lines(colour: Terminal.showsColour) }) { Terminal.result(line) }
        }
        if worst == .fail { throw ExitCode.failure }
    }
}

/// Asks the questions of `aw doctor`, and stops asking where the answer to the next one can't be had.
struct Examination {
    var settings: CommandSettings

    /// - Throws: `SettingError`.
    func findings() async throws -> [Finding] {
        do {
            return try await CommandDatabase.with(settings, role: nil, verifying: false) { try await examine($0.pool) }
        } catch let error as PostgresError {
            let failure = CommandFailure(explaining: error)
            return [Finding("database", .fail, failure?.message ?? "\(error)", advice: failure?.advice)]
        }
    }

    private func examine(_ login: PostgresPool) async throws -> [Finding] {
        // The first query pays for the connection; the second one measures the clock.
        _ = try await login.first(ReadServerFacts())
        let clock = ContinuousClock()
        let began = clock.now
        guard let facts = try await login.first(ReadServerFacts()) else { return [] }
        let halfway = (clock.now - began) / 2
        let here = Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1e6)) - halfway

        var findings = [Finding("database", .ok, "reachable, by \(settings.databaseSource)")]
        findings += Judgement.server(facts)
        let schema = Judgement.schema(try await Migrator(pool: login).status())
        let roles = Judgement.roles(try await login.query(ReadRoleFacts()))
        findings += [schema, roles]
        guard schema.level == .ok, roles.level == .ok else { return findings }

        return try await CommandDatabase.with(settings) { database in
            guard let backlog = try await database.pool.first(ReadBacklog()) else { return findings }
            let skew = here - facts.now
            findings += Judgement.clock(skew: skew, uncertainty: halfway, offset: backlog.clockOffset)
            findings.append(try await masterKey(database))
            findings += Judgement.fleet(try await database.pool.query(ReadLiveInstances()))
            findings += Judgement.backlog(backlog)
            return findings
        }
    }

    private func masterKey(_ database: CommandDatabase) async throws -> Finding {
        let secrets = try await database.pool.query(ReadSealedSecrets()).flatMap(\.self)
        do {
            return Judgement.secrets(secrets, keys: try database.masterKeys(), problem: "")
        } catch {
            return Judgement.secrets(
                secrets, keys: nil, problem: CommandFailure(explaining: error)?.message ?? "\(error)")
        }
    }
}
