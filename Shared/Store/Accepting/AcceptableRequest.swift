import Domain
import Foundation

/// An alert as it will be stored.
public struct NewAlert: Sendable {
    /// Minted once at receipt and kept through retries.
    public var id: AlertID
    public var event: AlertEvent
    public var eventAt: Timestamp
    public var receivedAt: Timestamp
    public var trace: String

    public init(id: AlertID, event: AlertEvent, receivedAt: Timestamp, trace: String) {
        self.id = id
        self.event = event
        self.eventAt = event.eventTime(receivedAt: receivedAt)
        self.receivedAt = receivedAt
        self.trace = trace
    }
}

/// A webhook request that passed every check that needs no database.
public struct AcceptableRequest: Sendable {
    public var companyID: CompanyID
    public var integrationID: IntegrationID
    /// The version of the integration that it was judged by.
    public var integrationVersion: Int64
    /// What makes a repeat of it known: see ``RequestKey``.
    public var key: RequestKey
    /// 1–1000.
    public var alerts: [NewAlert]

    public init(
        companyID: CompanyID, integrationID: IntegrationID, integrationVersion: Int64, key: RequestKey,
        alerts: [NewAlert]
    ) {
        self.companyID = companyID
        self.integrationID = integrationID
        self.integrationVersion = integrationVersion
        self.key = key
        self.alerts = alerts
    }
}

/// What makes two requests of an integration one: the delivery id, else what was signed, else nothing.
public struct RequestKey: Sendable, Hashable {
    public let text: String

    /// The sender's `X-Delivery-ID`.
    public static func delivery(_ id: String) -> RequestKey { RequestKey(text: "d:" + id) }
    /// A signed request without one: the timestamp and signature can't be of another body.
    public static func signed(timestamp: String, signature: String) -> RequestKey {
        RequestKey(text: "s:" + timestamp + ":" + signature)
    }
    /// A request that can't be told from another: only its own retries inside this process share the key.
    public static func minted(_ id: AlertID) -> RequestKey { RequestKey(text: "m:" + id.rawValue.uuidString) }
}

/// What became of a request.
public enum AcceptVerdict: Sendable, Equatable {
    /// Committed; the ids are those of its alerts.
    case accepted
    /// It was accepted before, with these ids.
    case duplicate([AlertID])
    /// Over the company's rate; so many seconds until it would pass.
    case limited(waitSeconds: Double)
    /// The integration changed: judge it again.
    case stale
}

/// The company's rate after a request.
public struct RateState: Sendable, Equatable {
    /// Alerts a minute.
    public var limit: Int
    /// Alerts that would be accepted at once.
    public var remaining: Int
    /// Seconds until the bucket is full.
    public var resetSeconds: Double

    public init(limit: Int, remaining: Int, resetSeconds: Double) {
        self.limit = limit
        self.remaining = remaining
        self.resetSeconds = resetSeconds
    }
}

/// The answer to one request of a commit.
public struct AcceptOutcome: Sendable, Equatable {
    public var verdict: AcceptVerdict
    public var rate: RateState

    public init(verdict: AcceptVerdict, rate: RateState) {
        self.verdict = verdict
        self.rate = rate
    }
}
