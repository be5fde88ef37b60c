import ArgumentParser
import Domain
import Postgres
import Runtime
import Store

/// `aw tail`: the journal as it grows.
struct TailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Shows what happens, as it happens.",
        discussion: """
            Reads the journal from the database, four times a second, and misses nothing: a row is shown when no earlier \
            one can come any more. Goes on by itself after the database was away. Ctrl-C ends it.

            Examples:
              aw tail
              aw tail --company comp-acme
              aw tail --json | jq 'select(.kind == "incident.opened") | .summary'
              aw tail --after 812-4711        from a cursor that --json showed
              aw tail --after 0-0 --once      all that is there, then end
            """)

    @Option(help: "Only this company; may be given several times.")
    var company: [String] = []

    @Option(help: "Start after this cursor; now when left out.")
    var after: String?

    @Flag(help: "Show what is there after the cursor, and end.")
    var once = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if once, after == nil { throw ValidationError("--once needs --after, the cursor to start from.") }
        if let after, JournalCursor(text: after) == nil {
            throw ValidationError("--after must be a cursor such as 812-4711.")
        }
    }

    func run() async throws {
        let companies = company.isEmpty ? nil : company.map { CompanyID($0) }
        let start = after.flatMap(JournalCursor.init(text:))
        let (asJSON, once) = (common.json, once)
        try await CommandDatabase.with(common.settings()) { database in
            var reader = JournalTail(pool: database.pool, companies: companies, cursor: start)
            if !asJSON, !once { Terminal.note("Waiting for events. Ctrl-C ends.") }
            var backoff = Backoff(first: .milliseconds(250), highest: .seconds(5))
            while !Task.isCancelled {
                do {
                    let rows = try await reader.next()
                    for row in rows {
                        Terminal.result(
                            asJSON ? EventLine(row).json.text : EventLine(row).text(colour: Terminal.showsColour))
                    }
                    backoff.reset()
                    if once, rows.isEmpty { return }
                    try await Task.sleep(for: .milliseconds(250))
                } catch let error as PostgresError where error.isRetryable && !once {
                    Terminal.note("\(error); trying again")
                    try await Task.sleep(for: backoff.next())
                }
            }
        }
    }
}

/// Reads the journal from a cursor on, never past what is safe.
struct JournalTail {
    let pool: PostgresPool
    let companies: [CompanyID]?
    /// Nil until the first look: then the end of the journal.
    private(set) var cursor: JournalCursor?

    init(pool: PostgresPool, companies: [CompanyID]?, cursor: JournalCursor?) {
        self.pool = pool
        self.companies = companies
        self.cursor = cursor
    }

    /// The rows that came since; at most 1,000, the rest with the next look.
    mutating func next() async throws -> [JournalRow] {
        guard let cursor else {
            self.cursor = try await pool.first(ReadJournalHorizon())
            return []
        }
        let rows = try await pool.query(ReadJournalAfter(cursor: cursor, companyIDs: companies, limit: 1000))
        if let last = rows.last { self.cursor = last.cursor }
        return rows
    }
}
