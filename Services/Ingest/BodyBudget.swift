import Synchronization

/// Limits the bytes of request bodies that are held at once, so that many large ones can't fill the memory.
final class BodyBudget: Sendable {
    private let maximum: Int
    private let held = Mutex(0)

    init(maximum: Int) {
        self.maximum = maximum
    }

    /// Whether so many more bytes may be read. Give them back afterwards.
    func take(_ bytes: Int) -> Bool {
        held.withLock { held in
            guard held == 0 || held + bytes <= maximum else { return false }
            held += bytes
            return true
        }
    }

    func giveBack(_ bytes: Int) {
        held.withLock { $0 -= bytes }
    }
}
