import Domain
@testable import Store
import Testing

@testable import Command

@Suite struct EventLineTests {
    private func line(summary: String = "High CPU Usage on web-1", reason: String? = nil) throws -> EventLine {
        let draft = JournalDraft(
            companyID: "comp-acme", kind: "incident.opened", actor: .service("correlator"), subjectKind: "incident",
            subjectID: "inc-1", incidentID: "inc-1", summary: summary, reason: reason,
            data: Array(#"{"alerts":5}"#.utf8))
        let at = try #require(Timestamp(rfc3339: "2026-01-01T08:15:30.25Z"))
        return EventLine(
            JournalRow(
                cursor: JournalCursor(transactionID: 812, sequence: 4711),
                entry: JournalEntry(sequence: 4711, draft: draft), at: at))
    }

    @Test func aLineSaysWhenWhoseWhatAndWhy() throws {
        #expect(
            try line(reason: "no open incident had the key").text(colour: false)
                == "08:15:30 comp-acme incident.opened High CPU Usage on web-1 (no open incident had the key) [inc-1]")
    }

    @Test func coloursAreUsedOnlyWhenWanted() throws {
        #expect(try line().text(colour: true).contains("\u{1b}[31mincident.opened\u{1b}[0m"))
        #expect(try !line().text(colour: false).contains("\u{1b}"))
    }

    @Test func textFromOutsideCanNotCommandTheTerminal() throws {
        let text = try line(summary: "a\u{1b}]0;x\u{7}b\nc\u{202e}d").text(colour: false)
        #expect(text.contains("a·]0;x·b·c·d"))
    }

    @Test func jsonHoldsTheCursorToGoOnFrom() throws {
        let json = try line().json
        #expect(json["cursor"]?.string == "812-4711")
        #expect(json["data"]?["alerts"]?.integer == 5)
        #expect(json["reason"] == .null)
        #expect(json["subject"]?["id"]?.string == "inc-1")
    }
}
