import Domain
import Foundation

/// Our own body: one alert object, or an array of 1–1000. `docs/messages.md` shows all fields.
public enum GenericSource {
    public static let maximumAlerts = 1000

    /// - Parameter body: The raw body.
    /// - Throws: ``SourceError``; when any alert is wrong, none is taken.
    public static func events(from body: Data) throws(SourceError) -> [AlertEvent] {
        try JSONBody.checkText(body)
        if let events = body.withUnsafeBytes({ PlainBody.events(from: $0) }) { return events }
        return try decoded(body)
    }

    /// The general way, for bodies that are unusual or wrong.
    static func decoded(_ body: Data) throws(SourceError) -> [AlertEvent] {
        try JSONBody.checkSyntax(body)
        let parsed: ParsedBody
        do {
            parsed = try JSONDecoder().decode(ParsedBody.self, from: body)
        } catch {
            throw .unreadable("The body is not JSON.")
        }
        guard parsed.problems.isEmpty else { throw .invalid(Array(parsed.problems.prefix(100))) }
        return parsed.events
    }
}

private struct ParsedBody: Decodable {
    var events: [AlertEvent] = []
    var problems: [FieldProblem] = []

    init(from decoder: any Decoder) throws {
        guard var list = try? decoder.unkeyedContainer() else {
            let one = try ParsedAlert(from: decoder)
            events = [one.event].compactMap { $0 }
            problems = one.problems
            return
        }
        var index = 0
        while !list.isAtEnd {
            guard index < GenericSource.maximumAlerts else {
                problems = [FieldProblem("", "must hold at most \(GenericSource.maximumAlerts) alerts")]
                events = []
                return
            }
            let one = try list.decode(ParsedAlert.self)
            if let event = one.event { events.append(event) }
            if problems.count < 100 {
                problems += one.problems.map { problem in
                    let separator = problem.field.isEmpty ? "" : "."
                    return FieldProblem("[\(index)]\(separator)\(problem.field)", problem.message)
                }
            }
            index += 1
        }
        if index == 0 { problems = [FieldProblem("", "must hold at least one alert")] }
    }
}

/// One alert, or what is wrong with it. Decoding never throws for wrong fields.
private struct ParsedAlert: Decodable {
    var event: AlertEvent?
    var problems: [FieldProblem]

    init(from decoder: any Decoder) throws {
        guard let container = try? decoder.container(keyedBy: AlertFields.Key.self) else {
            problems = [FieldProblem("", "must be an object")]
            return
        }
        var fields = AlertFields(container)
        let asset = fields.text(.assetName, maximum: 255, required: true)
        let signature = fields.text(.signature, maximum: 255, required: true)
        let severity: Severity? = fields.choice(.severity, required: true)
        let message = fields.text(.message, maximum: 8192, required: true)
        let tool = fields.text(.toolSource, maximum: 255, required: false) ?? ""
        let kind: AlertEvent.Kind? = fields.choice(.status, required: false)
        let dedupKey = fields.text(.dedupKey, maximum: 512, required: false)
        let timestamp = fields.instant(.timestamp)
        let labels = fields.labels()
        let links = fields.links()
        problems = fields.problems
        guard problems.isEmpty, let asset, let signature, let severity, let message else { return }
        event = AlertEvent(
            kind: kind ?? .firing, asset: asset, signature: signature, severity: severity, message: message,
            toolSource: tool, dedupKey: dedupKey?.isEmpty == true ? nil : dedupKey, timestamp: timestamp,
            labels: labels, links: links)
    }
}
