import ArgumentParser
import Postgres
import Store

/// `aw migrate`: the schema of the database.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Checks the database's schema, and brings it up to date.",
        discussion: """
            Services check the schema when they start and change nothing; only `aw migrate apply` does. Several at once do \
            no harm: one works, the others find nothing left to do.

            Examples:
              aw migrate verify            does the schema fit this version?
              aw migrate apply             apply what is missing
              aw migrate rebase-journal    once, after a logical restore into a new cluster
            """,
        subcommands: [Verify.self, Apply.self, Rebase.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says whether the schema fits this version; ends with 1 when it does not.",
            discussion: "Example: aw migrate verify --json")

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let status = try await CommandDatabase.with(common.settings(), role: nil, verifying: false) {
                try await Migrator(pool: $0.pool).status()
            }
            if common.json { Terminal.result(status.json) }
            if let error = status.error { throw error }
            if !common.json { Terminal.result("The schema fits: \(status.applied.count) migrations are applied.") }
        }
    }

    struct Apply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Applies the migrations that are missing, each in a transaction of its own.",
            discussion: "Example: aw migrate apply")

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let applied = try await CommandDatabase.with(common.settings(), role: nil, verifying: false) {
                try await Migrator(pool: $0.pool).apply { Terminal.note("applying \($0)") }
            }
            if common.json {
                Terminal.result(["applied": .strings(applied)])
            } else {
                Terminal.result(
                    applied.isEmpty
                        ? "The schema is up to date." : "The schema is up to date: \(applied.count) migrations applied."
                )
            }
        }
    }

    struct Rebase: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rebase-journal",
            abstract: "Makes the journal readable after a logical restore into a new cluster.",
            discussion: """
                Readers of the journal go by transaction ids, and those of the old cluster may lie ahead of the new one's. \
                Run this once, after pg_restore and before any service is started. See docs/operations.md.

                Example: aw migrate rebase-journal
                """)

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let moved = try await CommandDatabase.with(common.settings(), role: "aw_owner") { database in
                let live = try await database.pool.query(ReadLiveInstances())
                guard live.isEmpty else {
                    throw CommandFailure(
                        "\(live.count) services run on this database, and would lose their place in the journal",
                        advice: "Stop them, wait ten seconds, and run this again.")
                }
                return try await database.pool.first(RebaseJournal()) ?? 0
            }
            if common.json {
                Terminal.result(["moved": .integer(moved)])
            } else {
                Terminal.result("\(moved) journal rows were moved. The services can be started.")
            }
        }
    }
}

extension Migrator.Status {
    var json: JSONValue {
        [
            "fits": .bool(error == nil), "applied": .strings(applied), "pending": .strings(pending),
            "changed": .strings(changed), "unknown": .strings(unknown),
        ]
    }
}
