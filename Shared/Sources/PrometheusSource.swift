import Domain
import Foundation

/// Alertmanager's webhook, version 4.
///
/// Each alert's own status counts, not that of the group. Alerts that `truncatedAlerts` left out are not spoken of, so
/// they never resolve by their absence. The fingerprint is the identity.
public enum PrometheusSource {
    public static let maximumAlerts = 1000

    struct Body: Decodable {
        var version: String
        var externalURL: String?
        var alerts: [Alert]
    }

    struct Alert: Decodable {
        var status: String
        var labels: [String: String]
        var annotations: [String: String]?
        var startsAt: String?
        var endsAt: String?
        var generatorURL: String?
        var fingerprint: String?
    }

    /// - Throws: ``SourceError``; when any alert is wrong, none is taken.
    public static func events(from body: Data, receivedAt: Timestamp) throws(SourceError) -> [AlertEvent] {
        try JSONBody.checkText(body)
        try JSONBody.checkSyntax(body)
        let decoded: Body
        do {
            decoded = try JSONDecoder().decode(Body.self, from: body)
        } catch let error as DecodingError {
            throw DecodingProblem.sourceError(error)
        } catch {
            throw .unreadable("The body is not JSON.")
        }
        guard decoded.version == "4" else {
            throw .invalid([FieldProblem("version", "must be \"4\", Alertmanager's webhook format")])
        }
        guard (1...maximumAlerts).contains(decoded.alerts.count) else {
            throw .invalid([FieldProblem("alerts", "must hold 1 to \(maximumAlerts) alerts")])
        }
        var problems: [FieldProblem] = []
        var events: [AlertEvent] = []
        events.reserveCapacity(decoded.alerts.count)
        for (index, alert) in decoded.alerts.enumerated() {
            switch event(from: alert, externalURL: decoded.externalURL, receivedAt: receivedAt) {
            case .success(let event): events.append(event)
            case .failure(let problem):
                problems.append(
                    FieldProblem("alerts[\(index)].\(problem.field)", problem.message))
            }
        }
        guard problems.isEmpty else { throw .invalid(Array(problems.prefix(100))) }
        return events
    }

    private static func event(
        from alert: Alert, externalURL: String?, receivedAt: Timestamp
    ) -> Result<AlertEvent, Problem> {
        guard let kind = AlertEvent.Kind(rawValue: alert.status) else {
            return .failure(Problem(field: "status", message: "must be firing or resolved"))
        }
        guard let name = alert.labels["alertname"], !name.isEmpty else {
            return .failure(Problem(field: "labels.alertname", message: "is required"))
        }
        for (label, value) in alert.labels where label.utf8.contains(0) || value.utf8.contains(0) {
            return .failure(Problem(field: "labels", message: "must not contain a NUL"))
        }
        let word = alert.labels["severity"] ?? alert.labels["priority"] ?? ""
        let annotations = alert.annotations ?? [:]
        let message = annotations["description"] ?? annotations["message"] ?? annotations["summary"] ?? name
        guard !message.utf8.contains(0) else {
            return .failure(Problem(field: "annotations", message: "must not contain a NUL"))
        }
        let asset = AssetLabel.name(in: alert.labels) ?? name
        if let wrong = AlertFields.wrong(asset, maximum: 255, mayBeEmpty: false) {
            return .failure(Problem(field: "labels.instance", message: wrong))
        }
        if let wrong = AlertFields.wrong(name, maximum: 255, mayBeEmpty: false) {
            return .failure(Problem(field: "labels.alertname", message: wrong))
        }
        if let print = alert.fingerprint, let wrong = AlertFields.wrong(print, maximum: 512, mayBeEmpty: true) {
            return .failure(Problem(field: "fingerprint", message: wrong))
        }
        let links = [annotations["runbook_url"], annotations["dashboard_url"], alert.generatorURL, externalURL]
            .compactMap { $0 }
            .filter { ($0.hasPrefix("http://") || $0.hasPrefix("https://")) && !$0.utf8.contains(0) }
        return .success(
            AlertEvent(
                kind: kind, asset: asset, signature: name, severity: SeverityWords.severity(of: word),
                originalSeverity: String(word.prefix(64)), message: String(message.prefix(8192)),
                toolSource: "Prometheus",
                dedupKey: alert.fingerprint.flatMap { $0.isEmpty ? nil : $0 },
                timestamp: timestamp(of: alert, kind: kind, receivedAt: receivedAt), labels: alert.labels,
                links: links))
    }

    /// A firing alert speaks of its start. A resolved one speaks of its end as long as its start is young enough to be
    /// an event time: after that Alertmanager's repeats count by their receipt, and an end just before the last repeat
    /// must not look older than it.
    private static func timestamp(of alert: Alert, kind: AlertEvent.Kind, receivedAt: Timestamp) -> Timestamp? {
        let started = alert.startsAt.flatMap { Timestamp(rfc3339: $0) }.flatMap(meaningful)
        guard kind == .resolved else { return started }
        guard let started, receivedAt - started <= .seconds(600) else { return nil }
        return alert.endsAt.flatMap { Timestamp(rfc3339: $0) }.flatMap(meaningful)
    }

    /// `0001-01-01T00:00:00Z` is the tool's way to say "not ended".
    private static func meaningful(_ instant: Timestamp) -> Timestamp? {
        instant.microseconds > 0 ? instant : nil
    }

    private struct Problem: Error {
        var field: String
        var message: String
    }
}

/// Which of an alert's labels names the asset.
enum AssetLabel {
    private static let names = [
        "asset_name", "asset", "host", "hostname", "node", "nodename", "server", "instance", "pod", "service", "job",
    ]

    /// The first that is there; of `instance` the port is cut, so that all exporters of a server speak of one asset.
    static func name(in labels: [String: String]) -> String? {
        for name in names {
            guard let value = labels[name], !value.isEmpty else { continue }
            guard name == "instance" else { return value }
            return withoutPort(value)
        }
        return nil
    }

    private static func withoutPort(_ instance: String) -> String {
        guard let colon = instance.lastIndex(of: ":"), colon > instance.startIndex else { return instance }
        let (host, port) = (instance[..<colon], instance[instance.index(after: colon)...])
        // An IPv6 address has colons of its own; it has a port only in brackets.
        if host.contains(":"), !(host.hasPrefix("[") && host.hasSuffix("]")) { return instance }
        guard !port.isEmpty, port.allSatisfy({ $0.isASCII && $0.isNumber }) else { return instance }
        return host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : String(host)
    }
}

/// How the words that people put into the severity label map to ours. A word that is not here, or none, is medium.
enum SeverityWords {
    private static let table: [String: Severity] = [
        "critical": .critical, "crit": .critical, "page": .critical, "emergency": .critical, "fatal": .critical,
        "disaster": .critical, "p1": .critical, "sev1": .critical,
        "high": .high, "error": .high, "major": .high, "p2": .high, "sev2": .high,
        "medium": .medium, "warning": .medium, "warn": .medium, "moderate": .medium, "average": .medium, "p3": .medium,
        "sev3": .medium,
        "low": .low, "minor": .low, "info": .low, "informational": .low, "notice": .low, "none": .low, "debug": .low,
        "p4": .low, "p5": .low, "sev4": .low,
    ]

    static func severity(of word: String) -> Severity {
        table[word.lowercased()] ?? .medium
    }
}

/// What a decoder's complaint means to the sender.
enum DecodingProblem {
    static func sourceError(_ error: DecodingError) -> SourceError {
        switch error {
        case .keyNotFound(let key, let context):
            .invalid([FieldProblem(path(context.codingPath + [key]), "is required")])
        case .typeMismatch(_, let context) where !context.codingPath.isEmpty,
            .valueNotFound(_, let context) where !context.codingPath.isEmpty:
            .invalid([FieldProblem(path(context.codingPath), "has the wrong type")])
        case .typeMismatch, .valueNotFound:
            .invalid([FieldProblem("", "must be an object")])
        default: .unreadable("The body is not JSON.")
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += path.isEmpty ? key.stringValue : "." + key.stringValue
            }
        }
    }
}
