import Domain
import Store

/// A frame of the live stream: `{"type", "id", "cursor", "data"}` as one text message.
enum LiveFrame {
    /// The answer to `subscribe`: from here on nothing is missed.
    static func subscribed(cursor: JournalCursor) -> String {
        frame("subscribed", id: nil, cursor: cursor, data: .object([:]))
    }

    /// Too much happened since the client's cursor: read the lists again and go on from this cursor.
    static func reset(cursor: JournalCursor) -> String {
        frame("reset", id: nil, cursor: cursor, data: .object([:]))
    }

    /// - Parameter data: What GET would show the viewer.
    static func incident(_ change: IncidentChange, cursor: JournalCursor, data: JSONValue) -> String {
        frame(change.frameType, id: change.sequence, cursor: cursor, data: data)
    }

    static func alert(_ data: JSONValue, cursor: JournalCursor) -> String {
        frame("alert.accepted", id: nil, cursor: cursor, data: data)
    }

    /// Alerts that came too fast to be shown one by one.
    static func alertsCounted(_ count: Int, company: CompanyID, cursor: JournalCursor) -> String {
        frame(
            "alerts.counted", id: nil, cursor: cursor,
            data: ["company_id": .string(company.rawValue), "count": .integer(count)])
    }

    /// What the client sent can't be understood; the connection closes after it.
    static func error(_ message: String) -> String {
        JSONValue.object(["type": "error", "data": ["message": .string(message)]]).text
    }

    private static func frame(_ type: String, id: Int64?, cursor: JournalCursor, data: JSONValue) -> String {
        var fields: [String: JSONValue] = [
            "type": .string(type), "cursor": .string(cursor.text), "data": data,
        ]
        if let id { fields["id"] = .string(String(id)) }
        return JSONValue.object(fields).text
    }
}

/// That an incident changed, however often in a short time.
struct IncidentChange: Sendable, Equatable {
    var companyID: CompanyID
    var incidentID: IncidentID
    /// Of the change that gives the frame its type; clients drop repeats by it.
    var sequence: Int64
    var kind: String
    /// All of it is internal: not for clients.
    var isInternal: Bool
    /// Only for those who subscribed at this place of the order or later: the others have it.
    var audienceFrom: UInt64 = 0

    /// Nil for journal rows that are not of an incident.
    init?(kind: String, company: CompanyID, incidentID: IncidentID?, sequence: Int64, isInternal: Bool) {
        guard kind.hasPrefix("incident."), let incidentID else { return nil }
        self.companyID = company
        self.incidentID = incidentID
        self.sequence = sequence
        self.kind = kind
        self.isInternal = isInternal
    }

    /// `incident.opened`, `incident.resolved`, or `incident.updated` for everything else.
    var frameType: String {
        kind == "incident.opened" || kind == "incident.resolved" ? kind : "incident.updated"
    }

    /// One change out of two of the same incident: opening and resolving say more than updates, later more than earlier.
    func merged(with later: IncidentChange) -> IncidentChange {
        var result = later.weight >= weight ? later : self
        result.isInternal = isInternal && later.isInternal
        result.audienceFrom = min(audienceFrom, later.audienceFrom)
        return result
    }

    private var weight: Int {
        switch kind {
        case "incident.opened": 2
        case "incident.resolved": 1
        default: 0
        }
    }
}
