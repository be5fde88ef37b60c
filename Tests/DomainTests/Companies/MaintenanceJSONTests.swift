import Foundation
import Testing

@testable import Domain

@Suite("Maintenance windows in JSON")
struct MaintenanceJSONTests {
    private func decode(_ text: String) throws -> MaintenanceWindow {
        try JSONDecoder().decode(MaintenanceWindow.self, from: Data(text.utf8))
    }

    @Test("reads a recurring window and writes it back the same")
    func recurring() throws {
        let window = try decode(
            """
            {"id": "mw-1", "name": "Patch night", "enabled": false,
             "schedule": {"time_zone": "America/New_York", "frequency": "weekly", "weekdays": ["sat", "sun"],
                          "start_time": "02:00", "duration_minutes": 120, "starts_on": "2026-01-01"},
             "scope": {"assets": ["web-*"], "labels": {"env": "prod"}}}
            """)
        #expect(window.problems.isEmpty)
        #expect(!window.isEnabled)
        guard case .recurring(let recurrence) = window.schedule else {
            Issue.record("not recurring")
            return
        }
        #expect(recurrence.weekdays == [.sat, .sun])
        #expect(recurrence.startTime.description == "02:00")
        #expect(recurrence.startsOn?.description == "2026-01-01")
        #expect(recurrence.endsOn == nil)
        #expect(window.scope.labels == ["env": "prod"])
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(window), as: UTF8.self)
        #expect(try decode(text) == window)
        #expect(
            text.contains(
                #""schedule":{"days_of_month":[],"duration_minutes":120,"frequency":"weekly","start_time":"02:00""#))
    }

    @Test("reads a one-off window with what is left out")
    func oneOff() throws {
        let window = try decode(
            """
            {"id": "mw-2", "name": "Move", "schedule": {"starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-01-01T02:00:00+01:00"}}
            """)
        #expect(window.isEnabled)
        #expect(window.scope.isCompanyWide)
        #expect(
            window.schedule
                == .oneOff(startsAt: instant("2026-01-01T00:00:00Z"), endsAt: instant("2026-01-01T01:00:00Z")))
        #expect(try decode(String(decoding: try JSONEncoder().encode(window), as: UTF8.self)) == window)
    }

    @Test("names the fields that are wrong")
    func problems() throws {
        var recurrence = MaintenanceRecurrence(
            timeZone: "EST", frequency: .weekly, startTime: try #require(LocalTime("02:00")), durationMinutes: 0,
            startsOn: LocalDate("2026-02-01"), endsOn: LocalDate("2026-01-01"))
        let window = MaintenanceWindow(
            id: "mw-1", name: "", schedule: .recurring(recurrence),
            scope: MaintenanceScope(assets: [""], signatures: Array(repeating: "x", count: 501), labels: ["": "x"]))
        #expect(
            window.problems.map(\.field) == [
                "name", "schedule.time_zone", "schedule.weekdays", "schedule.duration_minutes", "schedule.ends_on",
                "scope.assets", "scope.signatures", "scope.labels",
            ])
        recurrence.frequency = .monthly
        for days in [[], [0], [32], [-2], [1, 99]] {
            recurrence.daysOfMonth = days
            #expect(recurrence.problems.map(\.field).contains("schedule.days_of_month"))
        }
        recurrence.durationMinutes = 10_081
        #expect(recurrence.problems.map(\.field).contains("schedule.duration_minutes"))
        let backwards = MaintenanceSchedule.oneOff(startsAt: Clock.minutes(1), endsAt: Clock.minutes(1))
        #expect(backwards.problems.map(\.field) == ["schedule.ends_at"])
        #expect(backwards.occurrence(containing: Clock.minutes(1)) == nil)
    }

    @Test("a zone that is unknown to this machine never holds anything")
    func unknownZone() throws {
        let schedule = MaintenanceSchedule.recurring(
            MaintenanceRecurrence(
                timeZone: "Mars/Phobos", frequency: .daily, startTime: try #require(LocalTime("00:00")),
                durationMinutes: 1440))
        #expect(schedule.occurrence(containing: Clock.start) == nil)
        #expect(schedule.nextOccurrence(after: Clock.start) == nil)
    }

    @Test("a field of the wrong form is named by its path")
    func path() throws {
        do {
            _ = try decode(
                #"{"id": "m", "name": "n", "schedule": {"time_zone": "UTC", "frequency": "daily", "start_time": "2am", "duration_minutes": 1}}"#
            )
            Issue.record("must be refused")
        } catch DecodingError.dataCorrupted(let context) {
            #expect(context.codingPath.map(\.stringValue) == ["schedule", "start_time"])
        }
    }
}
