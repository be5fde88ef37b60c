import Foundation
import Testing

@testable import Domain

@Suite("Maintenance windows")
struct MaintenanceWindowTests {
    private func recurring(
        _ frequency: MaintenanceRecurrence.Frequency, _ zone: String = "Europe/Berlin", at start: String = "02:00",
        minutes: Int = 120, weekdays: [Weekday] = [], days: [Int] = [], from: String? = nil, to: String? = nil
    ) throws -> MaintenanceSchedule {
        .recurring(
            MaintenanceRecurrence(
                timeZone: zone, frequency: frequency, weekdays: weekdays, daysOfMonth: days,
                startTime: try #require(LocalTime(start)), durationMinutes: minutes,
                startsOn: from.flatMap { LocalDate($0) }, endsOn: to.flatMap { LocalDate($0) }))
    }

    private func starts(_ schedule: MaintenanceSchedule, after text: String, count: Int) -> [String] {
        var found: [String] = []
        var moment = instant(text)
        while found.count < count, let next = schedule.nextOccurrence(after: moment) {
            found.append(next.start.rfc3339)
            moment = next.start
        }
        return found
    }

    @Test("one-off: from its start up to its end")
    func oneOff() {
        let window = MaintenanceWindow(
            id: "mw-1", name: "Move", schedule: .oneOff(startsAt: Clock.minutes(10), endsAt: Clock.minutes(20)))
        #expect(window.occurrence(containing: Clock.minutes(10) - .microseconds(1)) == nil)
        #expect(window.occurrence(containing: Clock.minutes(10))?.end == Clock.minutes(20))
        #expect(window.occurrence(containing: Clock.minutes(20)) == nil)
        #expect(window.nextOccurrence(after: Clock.minutes(9))?.start == Clock.minutes(10))
        #expect(window.nextOccurrence(after: Clock.minutes(10)) == nil)
    }

    @Test("daily at two in Berlin follows the local clock through the year")
    func daily() throws {
        let schedule = try recurring(.daily)
        #expect(
            starts(schedule, after: "2024-01-15T12:00:00Z", count: 2) == [
                "2024-01-16T01:00:00Z", "2024-01-17T01:00:00Z",
            ])
        #expect(starts(schedule, after: "2024-07-15T12:00:00Z", count: 1) == ["2024-07-16T00:00:00Z"])
        #expect(
            schedule.occurrence(containing: instant("2024-07-16T01:59:59Z"))?.start == instant("2024-07-16T00:00:00Z"))
        #expect(schedule.occurrence(containing: instant("2024-07-16T02:00:00Z")) == nil)
    }

    @Test("weekly on its days, monthly on its days, a month without the day is left out, -1 is the last")
    func frequencies() throws {
        #expect(
            starts(try recurring(.weekly, "UTC", weekdays: [.sun, .wed]), after: "2024-10-18T00:00:00Z", count: 3) == [
                "2024-10-20T02:00:00Z", "2024-10-23T02:00:00Z", "2024-10-27T02:00:00Z",
            ])
        #expect(
            starts(try recurring(.monthly, "UTC", days: [31]), after: "2024-01-31T03:00:00Z", count: 2) == [
                "2024-03-31T02:00:00Z", "2024-05-31T02:00:00Z",
            ])
        #expect(
            starts(try recurring(.monthly, "UTC", days: [-1, 1]), after: "2024-02-15T00:00:00Z", count: 3) == [
                "2024-02-29T02:00:00Z", "2024-03-01T02:00:00Z", "2024-03-31T02:00:00Z",
            ])
    }

    @Test("only between its first and its last date")
    func dates() throws {
        let schedule = try recurring(.daily, "UTC", from: "2026-03-01", to: "2026-03-02")
        #expect(
            starts(schedule, after: "2024-01-01T00:00:00Z", count: 5) == [
                "2026-03-01T02:00:00Z", "2026-03-02T02:00:00Z",
            ])
        #expect(schedule.occurrence(containing: instant("2026-02-28T02:30:00Z")) == nil)
        #expect(schedule.occurrence(containing: instant("2026-03-03T02:30:00Z")) == nil)
    }

    @Test("an occurrence over midnight and over several days belongs to the day it starts")
    func long() throws {
        let night = try recurring(.daily, "UTC", at: "23:00", minutes: 240)
        #expect(night.occurrence(containing: instant("2024-10-18T01:00:00Z"))?.start == instant("2024-10-17T23:00:00Z"))
        let week = try recurring(.weekly, "UTC", minutes: 10_080, weekdays: [.fri])
        #expect(week.occurrence(containing: instant("2024-10-25T01:59:59Z"))?.start == instant("2024-10-18T02:00:00Z"))
        #expect(week.occurrence(containing: instant("2024-10-25T02:00:00Z"))?.start == instant("2024-10-25T02:00:00Z"))
        let overlapping = try recurring(.daily, "UTC", minutes: 2880)
        #expect(
            overlapping.occurrence(containing: instant("2024-10-18T03:00:00Z"))?.end == instant("2024-10-20T02:00:00Z"))
    }

    @Test(
        "a start that the clock skips moves to the first instant after the gap, and lasts as long",
        arguments: [
            ("Europe/Berlin", "02:30", "2024-03-31T01:00:00Z", "2024-03-31T03:00:00Z"),
            ("America/New_York", "02:30", "2024-03-10T07:00:00Z", "2024-03-10T09:00:00Z"),
            ("Australia/Lord_Howe", "02:15", "2024-10-05T15:30:00Z", "2024-10-05T17:30:00Z"),
        ])
    func gap(zone: String, start: String, begins: String, ends: String) throws {
        let schedule = try recurring(.daily, zone, at: start)
        let span = try #require(schedule.occurrence(containing: instant(begins)))
        #expect(span.start == instant(begins))
        #expect(span.end == instant(ends))
        #expect(schedule.nextOccurrence(after: instant(begins) - .microseconds(1))?.start == instant(begins))
    }

    @Test(
        "of a start that the clock shows twice the first counts",
        arguments: [
            ("Europe/Berlin", "02:30", "2024-10-27T00:30:00Z", "2024-10-27T02:30:00Z"),
            ("America/New_York", "01:30", "2024-11-03T05:30:00Z", "2024-11-03T07:30:00Z"),
            ("Australia/Lord_Howe", "01:45", "2024-04-06T14:45:00Z", "2024-04-06T16:45:00Z"),
        ])
    func overlap(zone: String, start: String, begins: String, ends: String) throws {
        let schedule = try recurring(.daily, zone, at: start)
        let span = try #require(schedule.nextOccurrence(after: instant(begins) - .seconds(3600)))
        #expect(span.start == instant(begins))
        #expect(span.end == instant(ends))
        let next = try #require(schedule.nextOccurrence(after: span.start))
        #expect((next.start - span.start) > .seconds(86_400), "not again on the same night")
    }

    @Test(
        "two hours are two hours also in the night of a clock change",
        arguments: ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
    func elapsed(zone: String) throws {
        let schedule = try recurring(.daily, zone, at: "01:00")
        var moment = instant("2024-01-01T00:00:00Z")
        var count = 0
        while let span = schedule.nextOccurrence(after: moment), span.start < instant("2025-01-01T00:00:00Z") {
            #expect(span.end - span.start == .seconds(7200))
            #expect(schedule.occurrence(containing: span.start)?.start == span.start)
            #expect(schedule.occurrence(containing: span.end - .microseconds(1))?.start == span.start)
            #expect(schedule.occurrence(containing: span.end) == nil)
            moment = span.start
            count += 1
        }
        #expect((365...366).contains(count))
    }

    @Test("the scope's lists must all match")
    func scope() {
        let scope = MaintenanceScope(
            assets: ["web-*", "db-01"], signatures: ["high_cpu_usage"], labels: ["env": "prod"])
        #expect(scope.matches(asset: "web-7", signature: "high_cpu_usage", labels: ["env": "prod", "x": "y"]))
        #expect(scope.matches(asset: "db-01", signature: "high_cpu_usage", labels: ["env": "prod"]))
        #expect(!scope.matches(asset: "db-012", signature: "high_cpu_usage", labels: ["env": "prod"]))
        #expect(!scope.matches(asset: "web-7", signature: "disk_full", labels: ["env": "prod"]))
        #expect(!scope.matches(asset: "web-7", signature: "high_cpu_usage", labels: ["env": "test"]))
        #expect(!scope.matches(asset: "web-7", signature: "high_cpu_usage", labels: [:]))
        #expect(MaintenanceScope().isCompanyWide)
        #expect(MaintenanceScope().matches(asset: "", signature: "", labels: [:]))
    }

    @Test(
        "a star stands for any run of characters",
        arguments: [
            ("*", "", true), ("*", "web", true), ("web*", "web", true), ("web*", "we", false), ("*01", "web-01", true),
            ("w*b*1", "web-01", true), ("w*x*1", "web-01", false), ("a*a", "a", false), ("a**b", "ab", true),
            ("", "", true), ("", "a", false), ("*a*b*c*", "xxaxxbxxcxx", true), ("WEB*", "web", false),
            ("ä*", "äpfel", true),
        ])
    func wildcard(pattern: String, text: String, matches: Bool) {
        #expect(Wildcard.matches(pattern, text) == matches)
    }
}
