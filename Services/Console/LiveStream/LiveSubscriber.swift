import Domain
import HTTPServing
import Store
import Synchronization

/// One browser on the live stream: who it is, and what it gets now or after it has caught up.
final class LiveSubscriber: Sendable {
    private struct State {
        var viewer: SignedIn
        /// When it said `subscribe`, in the order of all subscribers; nil before.
        var order: UInt64?
        /// More came while it was catching up than is kept.
        var hasOverflowed = false
        /// Frames that came while it was catching up; nil afterwards.
        var held: [String]? = []
    }

    private static let maximumHeld = 2000

    let id: UInt64
    let connection: WebSocketConnection
    private let connectedAt = ContinuousClock.now
    private let state: Mutex<State>

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
    func subscribe(order: UInt64) { state.withLock { $0.order = order } }

    /// Whether it subscribed no earlier than `order`.
    func subscribed(from order: UInt64) -> Bool { state.withLock { $0.order.map { $0 >= order } ?? false } }

    /// It has been connected for ten seconds and has not said what it wants.
    var isIdle: Bool {
        state.withLock { $0.order } == nil && ContinuousClock.now - connectedAt > .seconds(10)
    }

    /// Sends a frame, or keeps it until the subscriber has caught up.
    func deliver(_ frame: String) {
        let isLive = state.withLock { state in
            guard state.order != nil else { return false }
            guard state.held != nil else { return true }
            if state.held?.count ?? 0 < Self.maximumHeld {
                state.held?.append(frame)
            } else {
                state.hasOverflowed = true
            }
            return false
        }
        if isLive { connection.send(frame) }
    }

    /// It has caught up: what was kept goes out, in order.
    ///
    /// - Returns: False when so much was kept that it must start anew.
    func goLive() async -> Bool {
        while true {
            let batch = state.withLock { state -> [String]? in
                guard let held = state.held, !held.isEmpty else {
                    state.held = nil
                    return nil
                }
                state.held = []
                return held
            }
            if state.withLock({ $0.hasOverflowed }) { return false }
            guard let batch else { return true }
            for frame in batch {
                guard await connection.sendWhenReady(frame) else { return true }
            }
        }
    }
}
