import Domain
import HTTPServing
import Postgres
import Secrets
import Store

/// Problems for the errors of the modules below.
enum ErrorTranslation {
    /// Nil for what is nobody's business outside: a 500, and the cause in the log.
    static func problem(_ error: any Error) -> Problem? {
        switch error {
        case let error as StoreRefusal: problem(error)
        case let error as IncidentRefusal: Problem(.conflict, title: error.code, detail: error.message)
        case let error as SessionStore.Refusal: problem(error)
        case is PasswordHashing.Busy: .unavailable("Too many sign-ins at once. Try again.", retryAfter: 2)
        case let error as PostgresError: problem(error)
        default: nil
        }
    }

    private static func problem(_ refusal: StoreRefusal) -> Problem {
        switch refusal {
        case .notFound(let what): .notFound(what)
        case .stale(let version):
            Problem(
                .preconditionFailed, detail: "It was changed since you read it. Read it again and repeat the change.",
                headers: [.eTag: VersionTag.text(version)])
        case .conflict(let code, let message): Problem(.conflict, title: code, detail: message)
        case .invalid(let problems): .invalid(problems)
        }
    }

    private static func problem(_ refusal: SessionStore.Refusal) -> Problem {
        switch refusal {
        case .wrongCredentials:
            Problem(.unauthorized, detail: "The e-mail address or the password is wrong.")
        case .sessionEnded: Problem(.unauthorized, detail: "The session has ended. Sign in again.")
        case .csrf: .forbidden("A request with the session cookie needs the session's X-CSRF-Token.")
        case .blocked(let seconds):
            Problem(
                .tooManyRequests, detail: "There were too many failed sign-ins. Try again in \(seconds) s.",
                headers: [.retryAfter: String(seconds)])
        }
    }

    private static func problem(_ error: PostgresError) -> Problem? {
        // A character that the database does not store.
        if error.sqlState == "22021" || error.sqlState == "22P05" {
            return .unprocessable([.init(field: "", message: "contains a character that is not allowed")])
        }
        // Limits that the checks before it count differently, such as characters of several code points.
        if ["23514", "22001", "54000"].contains(error.sqlState) {
            return .unprocessable([.init(field: error.column ?? "", message: "is too long or not allowed")])
        }
        return DatabaseProblem.translate(error)
    }
}
