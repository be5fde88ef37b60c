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
        frame(change.frameType, id: change.frameID, cursor: cursor, data: data)
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

    private static func frame(_ type: String, id: String?, cursor: JournalCursor, data: JSONValue) -> String {
        var fields: [String: JSONValue] = [
            "type": .string(type), "cursor": .string(cursor.text), "data": data,
        ]
        if let id { fields["id"] = .string(id) }
        return JSONValue.object(fields).text
    }
}

/// That an incident changed, however often in a short time.
struct IncidentChange: Sendable, Equatable {
    var companyID: CompanyID
    var incidentID: IncidentID
    /// Of the last of the changes.
    var sequence: Int64
    /// A sum over the changes' sequences, and how many they are.
    private var sum: UInt64
    private var count = 1
    var kind: String
    /// All of it is internal: not for clients.
    var isInternal: Bool

    /// Nil for journal rows that are not of an incident.
    init?(kind: String, company: CompanyID, incidentID: IncidentID?, sequence: Int64, isInternal: Bool) {
        guard kind.hasPrefix("incident."), let incidentID else { return nil }
        self.companyID = company
        self.incidentID = incidentID
        self.sequence = sequence
        sum = Self.spread(sequence)
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
        result.sequence = max(sequence, later.sequence)
        result.sum = sum &+ later.sum
        result.count = count + later.count
        return result
    }

    /// By which clients drop repeats: the change's sequence, or for several changes a text that stands for just these, so
    /// that who knows some of them is not kept from the others.
    var frameID: String {
        count == 1 ? String(sequence) : "\(sequence)-\(count)-\(String(sum, radix: 36))"
    }

    /// Far apart for neighbours, so that sums of different changes differ.
    private static func spread(_ sequence: Int64) -> UInt64 {
        var bits = UInt64(bitPattern: sequence) &* 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ (bits >> 32)) &* 0xD6E8_FEB8_6659_FD93
        return bits ^ (bits >> 32)
    }

    private var weight: Int {
        switch kind {
        case "incident.opened": 2
        case "incident.resolved": 1
        default: 0
        }
    }
}
