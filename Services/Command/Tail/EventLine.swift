import Domain
import Store

/// A journal row as `aw tail` shows it.
struct EventLine {
    private let row: JournalRow

    init(_ row: JournalRow) {
        self.row = row
    }

    /// `12:34:56 comp-acme incident.opened High CPU Usage … (reason) [inc-…]`, times UTC.
    func text(colour: Bool) -> String {
        let draft = row.entry.draft
        let time = String(row.at.rfc3339.dropFirst(11).prefix(8))
        var line = "\(Colour.grey.paint(time, if: colour)) \(Colour.blue.paint(draft.companyID.rawValue, if: colour)) "
        line += Self.colour(of: draft.kind).paint(draft.kind, if: colour) + " " + Self.plain(draft.summary)
        if let reason = draft.reason, !reason.isEmpty { line += " (\(Self.plain(reason)))" }
        if let incident = draft.incidentID { line += " " + Colour.grey.paint("[\(incident)]", if: colour) }
        return line
    }

    /// `{id, cursor, at, company_id, kind, actor, subject: {kind, id}, incident_id, internal, summary, reason, data}`.
    var json: JSONValue {
        let draft = row.entry.draft
        return [
            "id": .integer(Int(row.entry.sequence)), "cursor": .string(row.cursor.text), "at": .string(row.at.rfc3339),
            "company_id": .string(draft.companyID.rawValue), "kind": .string(draft.kind),
            "actor": .string(draft.actor.text),
            "subject": ["kind": .string(draft.subjectKind), "id": .string(draft.subjectID)],
            "incident_id": .optional(draft.incidentID?.rawValue), "internal": .bool(draft.isInternal),
            "summary": .string(draft.summary), "reason": .optional(draft.reason),
            "data": (try? JSONValue(parsing: draft.data)) ?? .null,
        ]
    }

    static func colour(of kind: String) -> Colour {
        switch kind {
        case "incident.opened", "incident.reopened", "sign_in.failed": .red
        case "incident.resolved", "incident.closed": .green
        case "incident.escalated", "incident.flapping": .magenta
        case _ where kind.hasPrefix("incident."): .yellow
        default: .cyan
        }
    }

    /// Text from outside may hold what a terminal would obey: control characters are shown as a dot.
    static func plain(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
                        ? "·" : scalar
                }))
    }
}
