import Domain
import Foundation
import Sources
import Testing

@Suite struct PrometheusSourceTests {
    private let received = Timestamp(rfc3339: "2026-03-01T10:00:30Z") ?? Timestamp(microseconds: 0)

    private func body(
        status: String = "firing", alerts: [[String: Any]], version: String = "4", truncated: Int = 0
    ) -> Data {
        let value: [String: Any] = [
            "receiver": "aw", "status": status, "alerts": alerts, "groupLabels": [:], "commonLabels": [:],
            "commonAnnotations": [:], "externalURL": "http://am:9093", "version": version, "groupKey": "{}",
            "truncatedAlerts": truncated,
        ]
        return (try? JSONSerialization.data(withJSONObject: value)) ?? Data()
    }

    private func alert(_ changes: [String: Any] = [:]) -> [String: Any] {
        let base: [String: Any] = [
            "status": "firing",
            "labels": ["alertname": "InstanceDown", "instance": "10.0.0.7:9100", "severity": "critical"],
            "annotations": ["summary": "down", "description": "No scrape — vérifier"],
            "startsAt": "2026-03-01T10:00:00.309Z", "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prom/graph", "fingerprint": "1e9039a1a0202be0",
        ]
        return base.merging(changes) { $1 }
    }

    @Test("an alert's own status, fingerprint, labels and times become the event")
    func mapsOneAlert() throws {
        let events = try PrometheusSource.events(from: body(alerts: [alert()]), receivedAt: received)
        let event = try #require(events.first)
        #expect(events.count == 1)
        #expect(event.kind == .firing)
        #expect(event.asset == "10.0.0.7")
        #expect(event.signature == "InstanceDown")
        #expect(event.severity == .critical)
        #expect(event.message == "No scrape — vérifier")
        #expect(event.toolSource == "Prometheus")
        #expect(event.dedupKey == "1e9039a1a0202be0")
        #expect(event.timestamp == Timestamp(rfc3339: "2026-03-01T10:00:00.309Z"))
        #expect(event.links == ["http://prom/graph", "http://am:9093"])
    }

    @Test("a firing group may hold resolved alerts, and what was truncated is not spoken of")
    func perAlertStatus() throws {
        let resolved = alert([
            "status": "resolved", "endsAt": "2026-03-01T10:00:20Z", "fingerprint": "f2",
        ])
        let events = try PrometheusSource.events(
            from: body(alerts: [alert(), resolved], truncated: 7), receivedAt: received)
        #expect(events.map(\.kind) == [.firing, .resolved])
        #expect(events[1].timestamp == Timestamp(rfc3339: "2026-03-01T10:00:20Z"))
    }

    @Test("the zero time means not ended, and the end of an alert that began long ago counts by its receipt")
    func times() throws {
        let zero = alert(["startsAt": "0001-01-01T00:00:00Z"])
        let old = alert([
            "status": "resolved", "startsAt": "2026-03-01T08:00:00Z", "endsAt": "2026-03-01T10:00:20Z",
        ])
        let events = try PrometheusSource.events(from: body(alerts: [zero, old]), receivedAt: received)
        #expect(events.map(\.timestamp) == [nil, nil])
    }

    @Test(
        "the severity label maps by the table; an unknown word or none is medium",
        arguments: [
            ("page", Severity.critical), ("ERROR", .high), ("warning", .medium), ("info", .low), ("odd", .medium),
            ("", .medium),
        ])
    func severities(word: String, severity: Severity) throws {
        let labels = ["alertname": "A", "host": "h", "severity": word]
        let events = try PrometheusSource.events(from: body(alerts: [alert(["labels": labels])]), receivedAt: received)
        #expect(events.first?.severity == severity)
        #expect(events.first?.originalSeverity == word)
        #expect(events.first?.asset == "h")
    }

    @Test("an alert without a name, or a body of another version, is refused with the field")
    func refusals() {
        let nameless = body(alerts: [alert(["labels": ["instance": "x"]])])
        #expect(throws: SourceError.invalid([FieldProblem("alerts[0].labels.alertname", "is required")])) {
            try PrometheusSource.events(from: nameless, receivedAt: received)
        }
        #expect(throws: SourceError.self) {
            try PrometheusSource.events(from: body(alerts: [alert()], version: "1"), receivedAt: received)
        }
        #expect(throws: SourceError.self) {
            try PrometheusSource.events(from: Data("{\"alerts\":3}".utf8), receivedAt: received)
        }
    }

    @Test("an IPv6 instance keeps its address")
    func ipv6() throws {
        for (instance, asset) in [("[2001:db8::1]:9100", "2001:db8::1"), ("2001:db8::1", "2001:db8::1")] {
            let labels = ["alertname": "A", "instance": instance]
            let events = try PrometheusSource.events(
                from: body(alerts: [alert(["labels": labels])]), receivedAt: received)
            #expect(events.first?.asset == asset)
        }
    }
}
