import Domain
import Store

/// How an incident stands against its company's targets. Pure.
///
/// A verdict is nil while it is undecided: nothing happened yet and the deadline is not over. A resolution without a
/// response before it counts as the response.
struct ServiceLevelView: Sendable, Equatable {
    var responseDue: Timestamp
    var responseMet: Bool?
    var resolutionDue: Timestamp
    var resolutionMet: Bool?

    init(_ incident: IncidentRecord, now: Timestamp) {
        let target = incident.serviceLevel.target(for: incident.severity)
        responseDue = incident.openedAt + .seconds(target.responseMinutes * 60)
        resolutionDue = incident.openedAt + .seconds(target.resolutionMinutes * 60)
        // A merged incident is answered and resolved in the one that it belongs to.
        let counts = incident.status != .merged
        responseMet = Self.verdict(
            incident.firstRespondedAt ?? incident.resolvedAt, due: responseDue, now: now, counts: counts)
        resolutionMet = Self.verdict(incident.resolvedAt, due: resolutionDue, now: now, counts: counts)
    }

    private static func verdict(_ done: Timestamp?, due: Timestamp, now: Timestamp, counts: Bool) -> Bool? {
        if let done { return done <= due }
        return counts && now > due ? false : nil
    }

    var json: JSONValue {
        [
            "response_due": .string(responseDue.rfc3339), "response_met": responseMet.map { .bool($0) } ?? .null,
            "resolution_due": .string(resolutionDue.rfc3339),
            "resolution_met": resolutionMet.map { .bool($0) } ?? .null, "paused": false,
        ]
    }
}
