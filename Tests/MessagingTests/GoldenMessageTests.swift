import Domain
import Foundation
import Messaging
import Testing

/// The messages on the bus as they stand in files: a reader of an older or newer version must understand them.
@Suite struct GoldenMessageTests {
    private func golden(_ name: String) throws -> String {
        let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "messages"))
        return try String(contentsOf: url, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private var produced: Timestamp { Timestamp(microseconds: 1_767_255_330_123_456) }

    @Test("alerts.accepted reads and writes as its file says")
    func alertsAccepted() throws {
        let item = AlertsAccepted.Item(
            id: "0199f1a2-7b3c-7def-8123-456789abcdef", integrationID: "int-1", event: "firing", asset: "web-01",
            signature: "high_cpu", severity: "high", message: "CPU at 95%", toolSource: "Datadog", eventAt: produced,
            receivedAt: produced)
        let envelope = Envelope(
            id: "m-1", producedAt: produced, companyID: "comp-acme", trace: "4bf92f3577b34da6a3ce929d0e0e4736",
            payload: AlertsAccepted(count: 3, items: [item]))
        let text = try golden("alerts.accepted")
        #expect(String(decoding: try envelope.encoded(), as: UTF8.self) == text)
        let read = try Envelope<AlertsAccepted>.decoded(Array(text.utf8))
        #expect(read.payload.items == [item])
        #expect(read.producedAt == produced)
    }

    @Test("journal.published reads and writes as its file says")
    func journalPublished() throws {
        let entry = JournalPublished.Entry(
            id: 42, kind: "incident.opened", subjectKind: "incident", subjectID: "inc-1", incidentID: "inc-1",
            isInternal: false)
        let envelope = Envelope(
            id: "m-2", producedAt: produced, companyID: "comp-acme", trace: "",
            payload: JournalPublished(entries: [entry]))
        let text = try golden("journal.published")
        #expect(String(decoding: try envelope.encoded(), as: UTF8.self) == text)
        let read = try Envelope<JournalPublished>.decoded(Array(text.utf8))
        #expect(read.payload.entries == [entry])
    }

    @Test("fields that a reader does not know are passed over; a message of another type is refused")
    func additiveChanges() throws {
        let text = try golden("journal.published").replacingOccurrences(
            of: "\"version\":1", with: "\"version\":2,\"new_field\":[1]")
        let read = try Envelope<JournalPublished>.decoded(Array(text.utf8))
        #expect(read.version == 2)
        #expect(throws: DecodingError.self) { try Envelope<AlertsAccepted>.decoded(Array(text.utf8)) }
    }
}
