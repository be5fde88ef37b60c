import Domain
import Postgres

/// The limit on guessing passwords: per e-mail address and per network address.
///
/// Every attempt counts before the password is looked at, so that many at once gain nothing; a success takes it back. From
/// the 5th failure on (20th per sender) each one blocks for twice as long: 30 s, 1 min, … at most 15 min. An hour without
/// an attempt forgets.
struct SignInThrottle: Sendable {
    static let limitPerEmail = 5
    static let limitPerSender = 20
    static let firstBlockSeconds = 30
    static let longestBlockSeconds = 900

    struct Attempt: Sendable {
        var email: String
        var emailSubject: String
        var senderSubject: String
        /// With this one.
        var failuresOfEmail: Int
        var failuresOfSender: Int
    }

    let pool: PostgresPool

    /// Counts an attempt, and blocks at once when it is one too many: of attempts that come together only one is judged
    /// after each block.
    ///
    /// - Throws: `SessionStore.Refusal.blocked` while one of the two is blocked; that attempt does not count.
    func begin(email: String, sender: String, now: Timestamp) async throws -> Attempt {
        let shown = String(email.lowercased().prefix(254))
        let (byEmail, bySender) = ("email:" + shown, "sender:" + sender)
        return try await pool.withTransaction { transaction in
            // One after the other: the rows are locked, in order, until this attempt is counted.
            let subjects = [byEmail, bySender].sorted()
            _ = try await transaction.execute(EnsureAttempts(subjects: subjects, now: now))
            let blocked = try await transaction.query(LockAttempts(subjects: subjects)).compactMap { $0 }.max()
            if let blocked, blocked > now {
                throw SessionStore.Refusal.blocked(seconds: max(1, Int((blocked - now).inSeconds.rounded(.up))))
            }
            let counts = try await transaction.query(CountAttempt(subjects: subjects, now: now))
            let failures = Dictionary(counts, uniquingKeysWith: { $1 })
            let attempt = Attempt(
                email: shown, emailSubject: byEmail, senderSubject: bySender,
                failuresOfEmail: failures[byEmail] ?? 1, failuresOfSender: failures[bySender] ?? 1)
            for block in Self.blocks(after: attempt) {
                _ = try await transaction.execute(
                    BlockSignIn(subject: block.subject, until: now + .seconds(block.seconds)))
            }
            return attempt
        }
    }

    /// Which of the two are blocked by this attempt, and for how long.
    private static func blocks(after attempt: Attempt) -> [(subject: String, failures: Int, seconds: Int)] {
        [
            (attempt.emailSubject, attempt.failuresOfEmail, limitPerEmail),
            (attempt.senderSubject, attempt.failuresOfSender, limitPerSender),
        ].filter { $0.1 >= $0.2 }.map { subject, failures, limit in
            (subject, failures, min(longestBlockSeconds, firstBlockSeconds << min(failures - limit, 10)))
        }
    }

    /// Writes down that it failed, and whom that blocks.
    func failed(_ attempt: Attempt, homeCompany: CompanyID?, now: Timestamp) async throws {
        let company = homeCompany ?? .msp
        var drafts = [
            JournalDraft(
                companyID: company, kind: "sign_in.failed", actor: .anonymous, subjectKind: "email",
                subjectID: attempt.email, isInternal: company == .msp,
                summary: "A sign-in as \(attempt.email) failed.",
                data: JSONValue.object(["sender": .string(attempt.senderSubject)]).bytes)
        ]
        for block in Self.blocks(after: attempt) {
            drafts.append(
                JournalDraft(
                    companyID: company, kind: "sign_in.blocked", actor: .anonymous, subjectKind: "email",
                    subjectID: attempt.email, isInternal: company == .msp,
                    summary: "Sign-ins of \(block.subject) are blocked for \(block.seconds) s after "
                        + "\(block.failures) failures."))
        }
        let rows = drafts
        try await pool.withTransaction { transaction in
            _ = try await Journal.append(rows, in: transaction, now: now)
        }
    }

    /// Forgets the failures of the e-mail address, and takes back the attempt of the sender.
    func succeeded(_ attempt: Attempt, in transaction: some Querying) async throws {
        let forgive = ForgiveSignIn(email: attempt.emailSubject, sender: attempt.senderSubject)
        _ = try await transaction.execute(forgive)
    }
}

/// Rows for subjects that have none yet.
struct EnsureAttempts: Statement {
    /// In order, so that two attempts never wait for each other.
    var subjects: [String]
    var now: Timestamp

    typealias Row = Void
    static let name = "ensure_sign_in_attempts"
    static let sql = """
        INSERT INTO sign_in_failure (subject, failures, first_at)
        SELECT s, 0, $2 FROM unnest($1::text[]) AS s ORDER BY s ON CONFLICT DO NOTHING
        """
    static let parameters: [PostgresType] = [.textArray, .timestamptz]

    func bind(_ bindings: inout Bindings) {
        bindings.textArray(subjects)
        bindings.instant(now)
    }
}

/// Until when the subjects are blocked; locks their rows.
struct LockAttempts: Statement {
    var subjects: [String]

    typealias Row = Timestamp?
    static let name = "lock_sign_in_attempts"
    static let sql = """
        SELECT blocked_until FROM sign_in_failure WHERE subject = ANY ($1) ORDER BY subject FOR UPDATE
        """
    static let parameters: [PostgresType] = [.textArray]
    static let columns = [Column("blocked_until", .timestamptz)]

    func bind(_ bindings: inout Bindings) { bindings.textArray(subjects) }

    static func decode(_ row: inout RowReader) throws -> Timestamp? { try row.instantOrNil() }
}

/// One more attempt for each subject; counted from 1 again after an hour. Clears away what is a day old.
struct CountAttempt: Statement {
    /// In order, so that two attempts never wait for each other.
    var subjects: [String]
    var now: Timestamp

    typealias Row = (String, Int)
    static let name = "count_sign_in_attempt"
    static let sql = """
        WITH swept AS (
            DELETE FROM sign_in_failure WHERE first_at < $2 - interval '1 day' AND subject <> ALL ($1)
                AND (blocked_until IS NULL OR blocked_until < $2)
        )
        INSERT INTO sign_in_failure AS f (subject, failures, first_at) SELECT unnest($1::text[]), 1, $2
        ON CONFLICT (subject) DO UPDATE SET
            failures = CASE WHEN greatest(f.first_at, coalesce(f.blocked_until, f.first_at)) < $2 - interval '1 hour'
                THEN 1 ELSE f.failures + 1 END,
            first_at = CASE WHEN greatest(f.first_at, coalesce(f.blocked_until, f.first_at)) < $2 - interval '1 hour'
                THEN $2 ELSE f.first_at END
        RETURNING subject, failures
        """
    static let parameters: [PostgresType] = [.textArray, .timestamptz]
    static let columns = [Column("subject", .text), Column("failures", .int4)]

    func bind(_ bindings: inout Bindings) {
        bindings.textArray(subjects)
        bindings.instant(now)
    }
    static func decode(_ row: inout RowReader) throws -> (String, Int) { (try row.text(), try row.int()) }
}

struct BlockSignIn: Statement {
    var subject: String
    var until: Timestamp

    typealias Row = Void
    static let name = "block_sign_in"
    static let sql = """
        UPDATE sign_in_failure SET blocked_until = greatest(blocked_until, $2) WHERE subject = $1
        """
    static let parameters: [PostgresType] = [.text, .timestamptz]

    func bind(_ bindings: inout Bindings) {
        bindings.text(subject)
        bindings.instant(until)
    }
}

struct ForgiveSignIn: Statement {
    var email: String
    var sender: String

    typealias Row = Void
    static let name = "forgive_sign_in"
    static let sql = """
        WITH gone AS (DELETE FROM sign_in_failure WHERE subject = $1)
        UPDATE sign_in_failure SET failures = greatest(0, failures - 1),
            blocked_until = CASE WHEN failures - 1 < $3 THEN NULL ELSE blocked_until END WHERE subject = $2
        """
    static let parameters: [PostgresType] = [.text, .text, .int4]

    func bind(_ bindings: inout Bindings) {
        bindings.text(email)
        bindings.text(sender)
        bindings.int4(Int32(SignInThrottle.limitPerSender))
    }
}
