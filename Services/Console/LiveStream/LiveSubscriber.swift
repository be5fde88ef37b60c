import Domain
import HTTPServing
import Store
import Synchronization

/// One browser on the live stream: who it is, and what it gets, at its own speed.
///
/// What happens is put into its mailbox and goes out from there as fast as the client reads: so a storm drops nobody who
/// reads. The texts are shared by all mailboxes that hold them.
final class LiveSubscriber: Sendable {
    private struct Mail {
        var text: String
        /// The incident that it shows, and as of which version; nil for other frames.
        var shows: (incidentID: IncidentID, version: Int64)?
    }

    private struct State {
        var viewer: SignedIn
        /// It has said `subscribe`.
        var hasSubscribed = false
        var mailbox: [Mail] = []
        /// What is not sent yet, in the mailbox or taken out of it.
        var frames = 0
        var bytes = 0
        var isGivenUp = false
    }

    /// With more waiting, the client is too slow.
    private static let maximumFrames = 2000
    private static let maximumBytes = 8 * 1024 * 1024

    let id: UInt64
    let connection: WebSocketConnection
    private let connectedAt = ContinuousClock.now
    private let state: Mutex<State>
    private let wake = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    init(id: UInt64, connection: WebSocketConnection, viewer: SignedIn) {
        self.id = id
        self.connection = connection
        state = Mutex(State(viewer: viewer))
    }

    var viewer: SignedIn { state.withLock { $0.viewer } }

    /// Roles and companies may change while the session goes on.
    func update(_ viewer: SignedIn) { state.withLock { $0.viewer = viewer } }

    func sees(_ company: CompanyID) -> Bool { state.withLock { $0.viewer.companies.contains(company) } }

    /// From now on it is told what happens.
    func subscribe() { state.withLock { $0.hasSubscribed = true } }

    /// It has been connected for ten seconds and has not said what it wants.
    var isIdle: Bool {
        !state.withLock { $0.hasSubscribed } && ContinuousClock.now - connectedAt > .seconds(10)
    }

    /// Keeps a change for it, if its role may see it.
    func deliver(_ change: LiveStream.Rendered) {
        guard let text = change.text(for: viewer.role) else { return }
        keep(Mail(text: text, shows: (change.change.incidentID, change.version)))
    }

    /// Keeps another frame for it.
    func deliver(_ frame: String) { keep(Mail(text: frame)) }

    private func keep(_ mail: Mail) {
        let hasRoom = state.withLock { state in
            guard state.hasSubscribed, !state.isGivenUp else { return true }
            state.frames += 1
            state.bytes += mail.text.utf8.count
            guard state.frames <= Self.maximumFrames, state.bytes <= Self.maximumBytes else {
                state.isGivenUp = true
                state.mailbox = []
                return false
            }
            state.mailbox.append(mail)
            return true
        }
        if hasRoom { wake.continuation.yield() } else { connection.giveUp() }
    }

    /// Sends what is in the mailbox, and what comes into it, until the connection or the task ends.
    ///
    /// - Parameter caughtUp: Incidents that were sent to it before, by version: what shows an older one is left out.
    func sendMail(caughtUp: [IncidentID: Int64]) async {
        for await _ in wake.stream {
            let batch = state.withLock { state in
                defer { state.mailbox = [] }
                return state.mailbox
            }
            for mail in batch {
                let known = mail.shows.flatMap { caughtUp[$0.incidentID] } ?? 0
                if (mail.shows?.version ?? known) >= known {
                    guard await connection.sendWhenReady(mail.text) else { return }
                }
                state.withLock { state in
                    state.frames -= 1
                    state.bytes -= mail.text.utf8.count
                }
            }
        }
    }
}
