import HTTPServing
import Postgres

/// What a caller of an API is told when the database fails: to try again, or nothing of the cause.
public enum DatabaseProblem {
    /// A 503 for what a retry may mend; nil for anything else.
    public static func translate(_ error: any Error) -> Problem? {
        guard let error = error as? PostgresError, error.isRetryable else { return nil }
        if error.kind == .commitOutcomeUnknown {
            return .unavailable("The database's answer got lost: it may have been done. Look before you repeat it.")
        }
        return .unavailable("The database can't be reached right now. Nothing was changed; try again.", retryAfter: 2)
    }
}
