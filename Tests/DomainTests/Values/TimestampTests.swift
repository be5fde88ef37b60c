import Foundation
import Testing

@testable import Domain

@Suite("Timestamp")
struct TimestampTests {
    @Test(
        "reads RFC 3339 in all its forms",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2024-10-18T08:15:30Z", 1_729_239_330_000_000),
            ("2024-10-18t10:15:30.5+02:00", 1_729_239_330_500_000), ("2024-10-18 08:15:30z", 1_729_239_330_000_000),
            ("2024-10-18T08:15:30.123456789Z", 1_729_239_330_123_456),
            ("2024-10-18T03:15:30-0500", 1_729_239_330_000_000),
            ("2024-10-18T10:15:30+02", 1_729_239_330_000_000), ("1969-12-31T23:59:59.999999Z", -1),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000_000), ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
            ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999), ("2024-02-29T00:00:00Z", 1_709_164_800_000_000),
        ])
    func reads(text: String, microseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.microseconds == microseconds)
    }

    @Test(
        "refuses what is no time",
        arguments: [
            "", "2024-10-18", "2024-10-18T08:15:30", "2024-10-18T08:15Z", "2023-02-29T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-00-10T00:00:00Z", "2024-04-31T00:00:00Z", "2024-10-18T24:00:00Z", "2024-10-18T08:60:00Z",
            "2024-10-18T08:15:61Z", "2024-10-18T08:15:30.Z", "2024-10-18T08:15:30+24:00", "2024-10-18T08:15:30Zx",
            " 2024-10-18T08:15:30Z", "0000-01-01T00:00:00Z", "1900-02-29T00:00:00Z", "2024-10-18T08:15:30+1:00",
        ])
    func refuses(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("what it writes it reads back, to the microsecond")
    func roundTrip() {
        var dice = SeededGenerator(seed: 1)
        let range: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999
        for _ in 0..<2000 {
            let instant = Timestamp(microseconds: .random(in: range, using: &dice))
            #expect(Timestamp(rfc3339: instant.rfc3339) == instant)
        }
        #expect(Timestamp(microseconds: 0).rfc3339 == "1970-01-01T00:00:00Z")
        #expect(Timestamp(microseconds: -1).rfc3339 == "1969-12-31T23:59:59.999999Z")
        #expect(Timestamp(microseconds: 1_729_239_330_000_500).description == "2024-10-18T08:15:30.000500Z")
    }

    @Test("its text sorts as it does, within one precision")
    func sorts() {
        var dice = SeededGenerator(seed: 2)
        let instants = (0..<200).map { _ in Timestamp(seconds: .random(in: 0...4_000_000_000, using: &dice)) }
        #expect(instants.sorted().map(\.rfc3339) == instants.map(\.rfc3339).sorted())
    }

    @Test("adds and takes off intervals exactly")
    func arithmetic() {
        let instant = Timestamp(seconds: 10)
        #expect(instant + .microseconds(1) == Timestamp(microseconds: 10_000_001))
        #expect(instant - .milliseconds(1) == Timestamp(microseconds: 9_999_000))
        #expect(instant - Timestamp(seconds: 12) == .seconds(-2))
        #expect(Duration.milliseconds(1500).inSeconds == 1.5)
        #expect(Duration.milliseconds(-1500).microseconds == -1_500_000)
    }

    @Test("days before 1970 count downwards")
    func days() {
        #expect(Timestamp(microseconds: -1).dayNumber == -1)
        #expect(Timestamp(microseconds: 0).dayNumber == 0)
        #expect(instant("2024-10-18T23:59:59Z").dayNumber == 20_014)
    }

    @Test("crosses JSON as RFC 3339, and says what is wrong")
    func json() throws {
        let encoded = try JSONEncoder().encode([Clock.start])
        #expect(String(decoding: encoded, as: UTF8.self) == #"["2024-10-18T08:15:30Z"]"#)
        #expect(try JSONDecoder().decode([Timestamp].self, from: encoded) == [Clock.start])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([Timestamp].self, from: Data(#"["yesterday"]"#.utf8))
        }
    }
}
