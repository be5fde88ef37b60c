import Foundation
import Testing

@testable import Domain

@Suite("Identifiers")
struct IdentifierTests {
    @Test("a UUIDv7 has its version, its variant and its time")
    func version() {
        let uuid = UUIDv7.make(at: Clock.start)
        #expect(uuid.uuid.6 >> 4 == 7)
        #expect(uuid.uuid.8 >> 6 == 2)
        #expect(UUIDv7.timestamp(of: uuid) == Clock.start)
    }

    @Test("ids of different microseconds sort in the order of time")
    func sorts() {
        var dice = SeededGenerator(seed: 3)
        let ids = (0..<3000).map { UUIDv7.make(at: Clock.start + .microseconds($0), using: &dice) }
        #expect(ids.map(\.uuidString) == ids.map(\.uuidString).sorted())
        let texts = (0..<3000).map { IdentifierMint.text("inc", at: Clock.start + .microseconds($0)) }
        #expect(texts == texts.sorted())
        #expect(Set(texts).count == 3000)
    }

    @Test("ids of one microsecond differ")
    func differ() {
        #expect(Set((0..<1000).map { _ in UUIDv7.make(at: Clock.start) }).count == 1000)
    }

    @Test("a time before 1970 is taken as 1970")
    func negative() {
        #expect(UUIDv7.timestamp(of: UUIDv7.make(at: Timestamp(seconds: -5))) == Timestamp(seconds: 0))
    }

    @Test("base 32 has 26 characters, keeps all bits and sorts like the number")
    func base32() {
        #expect(CrockfordBase32.encode(UUID(high: 0, low: 0)) == String(repeating: "0", count: 26))
        #expect(CrockfordBase32.encode(UUID(high: .max, low: .max)) == "7" + String(repeating: "z", count: 25))
        #expect(CrockfordBase32.encode(UUID(high: 0, low: 33)) == String(repeating: "0", count: 24) + "11")
        #expect(CrockfordBase32.encode(UUID(high: 1, low: 0)) == "0000000000000" + "g000000000000")
        var dice = SeededGenerator(seed: 4)
        let words = (0..<500).map { _ in (high: dice.next(), low: dice.next()) }.sorted {
            ($0.high, $0.low) < ($1.high, $1.low)
        }
        let texts = words.map { CrockfordBase32.encode(UUID(high: $0.high, low: $0.low)) }
        #expect(texts == texts.sorted())
        #expect(
            texts.allSatisfy { $0.count == 26 && $0.allSatisfy { "0123456789abcdefghjkmnpqrstvwxyz".contains($0) } })
    }

    @Test("the halves of a UUID are its bytes, most significant first")
    func halves() throws {
        let uuid = try #require(UUID(uuidString: "00112233-4455-6677-8899-AABBCCDDEEFF"))
        #expect(uuid.words.high == 0x0011_2233_4455_6677)
        #expect(uuid.words.low == 0x8899_aabb_ccdd_eeff)
        #expect(UUID(high: uuid.words.high, low: uuid.words.low) == uuid)
    }

    @Test("a tagged value is its raw value in text and JSON")
    func tagged() throws {
        let id: IncidentID = "inc-1"
        #expect("\(id)" == "inc-1")
        #expect(id < "inc-2")
        #expect(try JSONEncoder().encode([id]) == Data(#"["inc-1"]"#.utf8))
        #expect(try JSONDecoder().decode([IncidentID].self, from: Data(#"["inc-1"]"#.utf8)) == [id])
        #expect(CompanyID.msp.rawValue == "_msp")
    }
}
