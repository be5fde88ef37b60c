import ArgumentParser
import Secrets
import Store

/// `aw key`: the master key.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Makes master keys, under which secrets are sealed at rest.",
        discussion: "Example: aw key generate --id k2",
        subcommands: [Generate.self])

    struct Generate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints a fresh key for AW_MASTER_KEY.",
            discussion: """
                To rotate, put the new key in front of the old one, k2:…,k1:…, and restart the services.

                Examples:
                  export AW_MASTER_KEY=$(aw key generate)
                  export AW_MASTER_KEY=$(aw key generate --id k2),$AW_MASTER_KEY
                """)

        @Option(help: "The key's id: 1 to 16 letters or digits, another one for each key.")
        var id = "k1"

        @Flag(help: "Print the result as JSON, alone on standard output.")
        var json = false

        func validate() throws {
            guard (try? MasterKeys(MasterKeys.generate(id: id))) != nil else {
                throw ValidationError("--id must be 1 to 16 letters or digits.")
            }
        }

        func run() async throws {
            let key = MasterKeys.generate(id: id)
            if json { Terminal.result(["id": .string(id), "key": .string(key)]) } else { Terminal.result(key) }
        }
    }
}
