import ArgumentParser
import Foundation
import Runtime

/// `aw`: what someone with access to the database does from a terminal.
public struct AlertWhisperer: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "aw",
        abstract: "Looks after an Alert Whisperer installation.",
        discussion: """
            The database and the master key are those of AW_DATABASE_URL and AW_MASTER_KEY; where they are not set, those \
            of the .run directory that scripts/up made here or in a directory above.

            Examples:
              aw doctor                                      is everything well?
              aw tail                                        what happens, as it happens
              aw send --storm 500                            five hundred signed test alerts
              aw company create "Acme Corp"                  a client, with its API key and secret
              aw user create ada@example.com --role msp_admin
              aw migrate apply                               after an upgrade
            """,
        version: ServiceProcess.version,
        subcommands: [
            DoctorCommand.self, TailCommand.self, SendCommand.self, CompanyCommand.self, UserCommand.self,
            MigrateCommand.self, KeyCommand.self, SetupCommand.self,
        ])

    public init() {}

    /// Runs what the arguments ask for. Ends the process: with 0, with 64 for arguments that can't be understood, with 78
    /// for a setting that is not allowed, and with 1 for anything else that went wrong.
    public static func main() async -> Never {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            Foundation.exit(0)
        } catch let error as SettingError {
            Terminal.note("aw: \(error)")
            Foundation.exit(78)
        } catch {
            if let failure = CommandFailure(explaining: error) {
                Terminal.note("aw: \(failure.message)")
                if let advice = failure.advice { Terminal.note("  \(advice)") }
                Foundation.exit(1)
            }
            exit(withError: error)
        }
    }
}
