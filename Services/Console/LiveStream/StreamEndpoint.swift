import Domain
import Foundation
import HTTPServing
import HTTPTypes
import Logging
import Store

/// `GET /api/stream`: signs the client in, reads its `subscribe`, lets it catch up, and keeps it until it goes.
struct StreamEndpoint: Sendable {
    private static let subprotocol = "aw.v1"
    private static let tokenPrefix = "aw.token."

    let stream: LiveStream
    let database: ConsoleDatabase
    /// `https://console.example`: the only origin whose pages may use the session cookie.
    let publicURL: String
    let logger: Logger

    var endpoint: WebSocketEndpoint {
        WebSocketEndpoint(
            path: "/api/stream",
            accept: { request, _ in try await accept(request) },
            handle: { connection, acceptance in
                guard let viewer = acceptance.userInfo as? SignedIn else { return }
                await serve(connection, viewer: viewer)
            },
            translate: DatabaseProblem.translate)
    }

    /// By the subprotocol `aw.token.<token>`, a bearer token, or the session cookie from a page of our own.
    private func accept(_ request: HTTPRequest) async throws -> WebSocketAcceptance {
        let offered = request.webSocketProtocols
        let token: String?
        if let named = offered.first(where: { $0.hasPrefix(Self.tokenPrefix) }) {
            token = String(named.dropFirst(Self.tokenPrefix.count))
        } else if let bearer = request.headerFields[.authorization], bearer.lowercased().hasPrefix("bearer ") {
            token = String(bearer.dropFirst(7)).trimmingCharacters(in: .whitespaces)
        } else if let cookie = SessionCookies.value(SessionCookies.session, in: request.headerFields) {
            guard isOwnOrigin(request) else {
                throw Problem(.forbidden, detail: "A page of another origin may not use this session.")
            }
            token = cookie
        } else {
            token = nil
        }
        guard let token, let viewer = try await SignedIn.find(token: token, in: database.identity), viewer.mayRead
        else { throw Problem(.unauthorized, detail: "Sign in first, or offer the subprotocol aw.token.<token>.") }
        return WebSocketAcceptance(
            subprotocol: offered.contains(Self.subprotocol) ? Self.subprotocol : nil, userInfo: viewer)
    }

    /// A browser always says the origin of a socket; the page's must be the host that it connects to, or the public one.
    private func isOwnOrigin(_ request: HTTPRequest) -> Bool {
        guard let name = HTTPField.Name("Origin"), let origin = request.headerFields[name] else { return true }
        if origin == publicURL { return true }
        // Behind https only the public address counts: a page of plain http could be anybody's.
        if publicURL.lowercased().hasPrefix("https://") { return false }
        guard let host = URL(string: origin)?.host(), let authority = request.authority else { return false }
        let port = URL(string: origin)?.port
        return authority == (port.map { "\(host):\($0)" } ?? host)
    }

    private func serve(_ connection: WebSocketConnection, viewer: SignedIn) async {
        // Known from the start, so that it is closed when its session ends before it subscribes.
        let subscriber = stream.join(connection, viewer: viewer)
        defer { stream.leave(subscriber) }
        await withTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            var hasSubscribed = false
            do {
                for try await text in connection.messages where !hasSubscribed {
                    guard let caughtUp = try await begin(subscriber, text) else { return }
                    hasSubscribed = true
                    group.addTask { await subscriber.sendMail(caughtUp: caughtUp) }
                }
            } catch {
                logger.debug("stream ended", metadata: ["error": "\(error)"])
                if !connection.isClosed { await connection.close(code: 1011, reason: "try again") }
            }
        }
    }

    /// Does what the first message asks for.
    ///
    /// - Returns: The versions of the incidents that were sent; nil when the connection was closed.
    private func begin(_ subscriber: LiveSubscriber, _ text: String) async throws -> [IncidentID: Int64]? {
        let (connection, viewer) = (subscriber.connection, subscriber.viewer)
        guard let request = Subscribe(text) else {
            connection.send(LiveFrame.error("Send {\"type\": \"subscribe\", \"after\": cursor or null} first."))
            await connection.close(code: 1008, reason: "not a subscribe")
            return nil
        }
        guard let present = try await SignedIn.stillSignedIn([viewer], in: database.identity)[viewer.proof.key] else {
            await connection.close(code: 4401, reason: "session ended")
            return nil
        }
        subscriber.update(present)
        subscriber.subscribe()
        return try await catchUp(subscriber, after: request.after)
    }

    /// What happened after the client's cursor, read from the journal; what happens meanwhile is kept for later.
    ///
    /// Read beyond the safe horizon too: the bus told of those rows before this client listened.
    ///
    /// - Returns: The versions of the incidents that were sent.
    private func catchUp(
        _ subscriber: LiveSubscriber, after: JournalCursor?
    ) async throws -> [IncidentID: Int64] {
        let present = try await presentCursor()
        let connection = subscriber.connection
        guard var cursor = after else {
            await connection.sendWhenReady(LiveFrame.subscribed(cursor: present))
            return [:]
        }
        let companies = subscriber.viewer.companies
        var changes: [IncidentID: IncidentChange] = [:]
        var read = 0
        while read <= LiveStream.catchUpLimit {
            let rows = try await database.read(as: subscriber.viewer) { [cursor] transaction in
                try await transaction.query(
                    ReadJournalAfter(cursor: cursor, companyIDs: companies, limit: 500, includesUnsettled: true))
            }
            for row in rows {
                let draft = row.entry.draft
                guard
                    let change = IncidentChange(
                        kind: draft.kind, company: draft.companyID, incidentID: draft.incidentID,
                        sequence: row.entry.sequence, isInternal: draft.isInternal)
                else { continue }
                changes[change.incidentID] = changes[change.incidentID]?.merged(with: change) ?? change
            }
            read += rows.count
            guard rows.count == 500, let last = rows.last else { break }
            cursor = last.cursor
        }
        guard read <= LiveStream.catchUpLimit else {
            await connection.sendWhenReady(LiveFrame.reset(cursor: present))
            return [:]
        }
        let frames = try await stream.frames(for: Array(changes.values), companies: companies, cursor: present)
        for frame in frames {
            guard let text = frame.text(for: subscriber.viewer.role) else { continue }
            guard await connection.sendWhenReady(text) else { break }
        }
        await connection.sendWhenReady(LiveFrame.subscribed(cursor: present))
        return Dictionary(frames.map { ($0.change.incidentID, $0.version) }, uniquingKeysWith: max)
    }

    /// Waits for the first reading of the journal, at most a few seconds after the start.
    private func presentCursor() async throws -> JournalCursor {
        for _ in 0..<100 {
            if let cursor = stream.cursor { return cursor }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Problem.unavailable("The journal can't be read yet.")
    }
}

/// The first frame of a client.
private struct Subscribe {
    var after: JournalCursor?

    init?(_ text: String) {
        guard let value = try? JSONValue(parsing: Array(text.utf8)), value["type"]?.string == "subscribe" else {
            return nil
        }
        switch value["after"] {
        case .none, .some(.null): after = nil
        case .some(let cursor):
            guard let parsed = cursor.string.flatMap(JournalCursor.init(text:)) else { return nil }
            after = parsed
        }
    }
}
