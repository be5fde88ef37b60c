import Foundation

/// The order in which the alerts of a batch are decided.
enum EventOrder {
    /// Positions in `alerts` by event time, receipt, and the time inside the id. An alert that a maintenance window
    /// releases counts as happening now. What is equal in all keeps the order given: the rest of an id is random.
    static func positions(of alerts: [PendingAlert], now: Timestamp) -> [Int] {
        let entries = alerts.indices.map { position in
            let alert = alerts[position]
            return Entry(
                eventAt: alert.moment(now: now).microseconds, receivedAt: alert.receivedAt.microseconds,
                minted: alert.id.rawValue.words.high, position: position)
        }
        return entries.sorted().map(\.position)
    }

    private struct Entry: Comparable {
        var eventAt: Int64
        var receivedAt: Int64
        var minted: UInt64
        var position: Int

        static func < (left: Self, right: Self) -> Bool {
            (left.eventAt, left.receivedAt, left.minted, left.position)
                < (right.eventAt, right.receivedAt, right.minted, right.position)
        }
    }
}

extension PendingAlert {
    /// When it counts as happening: its event time, or now when a maintenance window releases it.
    func moment(now: Timestamp) -> Timestamp { releasedBy == nil ? eventAt : now }
}
