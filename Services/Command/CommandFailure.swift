import AsyncHTTPClient
import Postgres
import Secrets
import Store

/// What went wrong, and what to do. Holds no secret.
struct CommandFailure: Error, Equatable {
    var message: String
    var advice: String?

    init(_ message: String, advice: String? = nil) {
        self.message = message
        self.advice = advice
    }

    /// The words for an error of another module; nil for one that the argument parser explains itself.
    init?(explaining error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as PostgresError: self.init("\(error)", advice: Self.advice(on: error))
        case let error as MigrationError: self.init("\(error)")
        case let error as StoreRefusal: self.init(refusal: error)
        case let error as MasterKeys.InvalidKey:
            self.init("AW_MASTER_KEY can't be used: \(error).", advice: "`aw key generate` makes one.")
        case is PasswordHashing.Busy: self.init("Too much is going on here.", advice: "Try again in a moment.")
        case let error as HTTPClientError:
            self.init("the request failed: \(error.shortDescription)", advice: "Is Ingest running? See `aw doctor`.")
        case is CancellationError: self.init("stopped")
        default: return nil
        }
    }

    private init(refusal: StoreRefusal) {
        switch refusal {
        case .notFound(let what): self.init("there is no such \(what)")
        case .stale: self.init("somebody changed it at the same moment", advice: "Try again.")
        case .conflict(_, let message): self.init(message)
        case .invalid(let problems):
            self.init(problems.map { "\($0.field) \($0.message)" }.joined(separator: "; "))
        }
    }

    private static func advice(on error: PostgresError) -> String? {
        switch (error.kind, error.sqlState) {
        case (.connectionFailed, "28P01"?), (.connectionFailed, "28000"?):
            "Look at the user and password in AW_DATABASE_URL."
        case (.connectionFailed, "3D000"?): "Make the database that AW_DATABASE_URL names, or name another one."
        case (.connectionFailed, _), (.acquireTimeout, _), (.connectionLost, _):
            "Is the database running, and is AW_DATABASE_URL right? scripts/up starts one on this machine."
        case (.server, "42501"?):
            "The user in AW_DATABASE_URL must be a member of aw_owner, aw_worker and aw_console: see "
                + "docs/configuration.md."
        case (.server, "42P01"?), (.server, "42883"?): "Run `aw migrate apply`."
        case (.invalidConfiguration, _): "Look at AW_DATABASE_URL: postgres://user:password@host:5432/database"
        default: error.isRetryable ? "Try again." : nil
        }
    }
}
