import Foundation
import Testing

@testable import Domain

@Suite("Local dates, times and zones")
struct CalendarTests {
    @Test("dates read, write and count")
    func dates() throws {
        let date = try #require(LocalDate("2024-02-29"))
        #expect(date.description == "2024-02-29")
        #expect(date.weekday == .thu)
        #expect(date.lastDayOfMonth == 29)
        #expect(date.adding(days: 1).description == "2024-03-01")
        #expect(date.adding(days: -60).description == "2023-12-31")
        #expect(LocalDate(dayNumber: 0).weekday == .thu)
        #expect(LocalDate(dayNumber: -1).weekday == .wed)
        #expect(LocalDate(dayNumber: 4).weekday == .mon)
        #expect(try #require(LocalDate("2023-12-31")) < date)
    }

    @Test(
        "what is no date or time is refused",
        arguments: ["", "2023-02-29", "2024-2-1", "2024-13-01", "2024/01/01", "+024-01-01", "24-01-01", "2024-01-01 "])
    func noDates(text: String) {
        #expect(LocalDate(text) == nil)
    }

    @Test(
        "what is no time is refused", arguments: ["", "24:00", "2:00", "02:60", "02:00:00", "-1:00", "02-00", "٠٢:٠٠"])
    func noTimes(text: String) {
        #expect(LocalTime(text) == nil)
    }

    @Test("times read and write")
    func times() throws {
        #expect(try #require(LocalTime("02:05")).description == "02:05")
        #expect(try #require(LocalTime("23:59")).minuteOfDay == 1439)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([LocalTime].self, from: Data(#"["2am"]"#.utf8)) }
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([LocalDate].self, from: Data(#"["May"]"#.utf8)) }
    }

    @Test(
        "only zones of the IANA database count",
        arguments: ["EST", "", "Mars/Phobos", "+02:00", "GMT+2", "../etc/passwd"])
    func noZones(name: String) {
        #expect(LocalZone(name) == nil)
    }

    @Test("a wall clock shows the local date and time")
    func wallClock() throws {
        let zone = try #require(LocalZone("Asia/Kolkata"))
        #expect(zone.date(at: instant("2024-10-18T20:00:00Z")).description == "2024-10-19")
        #expect(zone.time(at: instant("2024-10-18T20:00:00Z")).description == "01:30")
        let utc = try #require(LocalZone("UTC"))
        #expect(utc.time(at: instant("1969-12-31T23:59:59Z")).description == "23:59")
    }

    @Test(
        "every wall-clock time of a year means an instant that shows it, or the first after a gap",
        arguments: [
            "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/St_Johns", "Africa/Casablanca",
            "Asia/Tehran", "UTC",
        ])
    func everyHour(name: String) throws {
        let zone = try #require(LocalZone(name))
        let first = try #require(LocalDate("2024-01-01"))
        var last = Timestamp(microseconds: .min)
        for day in 0..<366 {
            let date = first.adding(days: day)
            for quarter in 0..<96 {
                let time = LocalTime(minuteOfDay: quarter * 15)
                let moment = zone.instant(of: date, time)
                #expect(moment >= last)
                last = moment
                if zone.date(at: moment) == date, zone.time(at: moment) == time {
                    // The first of the two where the clock shows it twice.
                    for minutes in [30, 60, 120] {
                        let earlier = moment - .seconds(minutes * 60)
                        #expect(zone.date(at: earlier) != date || zone.time(at: earlier) != time)
                    }
                } else {
                    let before = moment - .seconds(1)
                    #expect(zone.offset(at: before) < zone.offset(at: moment), "\(date) \(time) must lie in a gap")
                }
            }
        }
    }
}
