import Domain
import HTTPServing
import Postgres
import Secrets
import Store

/// What the routes work with.
struct ConsoleCore: Sendable {
    let database: ConsoleDatabase
    let companies: CompanyStore
    let integrations: IntegrationStore
    let users: UserStore
    let sessions: SessionStore
    let tokens: ApiTokenStore
    let incidents: IncidentCommands
    let cookies: SessionCookies
    /// Where monitoring tools reach Ingest, without a slash at the end.
    let ingestURL: String
    /// Tells the other processes of journal rows that were committed.
    let publish: @Sendable ([JournalEntry]) -> Void

    /// Reads what the sender of a request may see.
    func read<Value: Sendable>(
        _ request: APIRequest, _ body: @Sendable (Transaction) async throws -> Value
    ) async throws -> Value {
        try await database.read(as: try request.signedIn(), body)
    }

    /// Makes a change as the sender of a request, and tells of it after the commit.
    func change<Value: Sendable>(
        _ request: APIRequest, _ body: @Sendable (Transaction) async throws -> Written<Value>
    ) async throws -> Value {
        let written = try await database.write(as: try request.signedIn(), body)
        publish(written.journal)
        return written.value
    }
}
