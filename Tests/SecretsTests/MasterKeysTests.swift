import Foundation
import Testing

@testable import Secrets

@Suite struct MasterKeysTests {
    private static let first = "k1:" + Data(repeating: 1, count: 32).base64EncodedString()
    private static let second = "k2:" + Data(repeating: 2, count: 32).base64EncodedString()
    private let secret = Array("signing secret".utf8)

    @Test func whatIsSealedOpensInItsContext() throws {
        let keys = try MasterKeys(Self.first)
        let sealed = try keys.seal(secret, context: "integration:a")
        #expect(try keys.open(sealed, context: "integration:a") == secret)
    }

    @Test func theSealedFormShowsNothingOfTheSecretAndIsNewEachTime() throws {
        let keys = try MasterKeys(Self.first)
        let sealed = try keys.seal(secret, context: "c")
        #expect(String(decoding: sealed, as: UTF8.self).range(of: "signing") == nil)
        #expect(try keys.seal(secret, context: "c") != sealed)
    }

    @Test func aSealedValueMovedToAnotherContextDoesNotOpen() throws {
        let keys = try MasterKeys(Self.first)
        let sealed = try keys.seal(secret, context: "integration:a")
        #expect(throws: MasterKeys.OpenError.damaged) { try keys.open(sealed, context: "integration:b") }
    }

    @Test func aChangedByteAnywhereDoesNotOpen() throws {
        let keys = try MasterKeys(Self.first)
        let sealed = try keys.seal(secret, context: "c")
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: MasterKeys.OpenError.self) { try keys.open(changed, context: "c") }
        }
    }

    @Test(arguments: 0..<12)
    func aCutValueDoesNotOpen(length: Int) throws {
        let keys = try MasterKeys(Self.first)
        let sealed = try keys.seal(secret, context: "c")
        #expect(throws: MasterKeys.OpenError.self) { try keys.open(Array(sealed.prefix(length)), context: "c") }
    }

    @Test func afterARotationOldValuesOpenAndAreKnownAsStale() throws {
        let old = try MasterKeys(Self.first)
        let rotated = try MasterKeys("\(Self.second),\(Self.first)")
        let sealed = try old.seal(secret, context: "c")
        #expect(try rotated.open(sealed, context: "c") == secret)
        #expect(rotated.isStale(sealed))
        #expect(!rotated.isStale(try rotated.seal(secret, context: "c")))
    }

    @Test func theErrorNamesTheKeyThatIsMissing() throws {
        let sealed = try MasterKeys(Self.second).seal(secret, context: "c")
        #expect(throws: MasterKeys.OpenError.unknownKey("k2")) {
            try MasterKeys(Self.first).open(sealed, context: "c")
        }
    }

    @Test func anEmptySecretCanBeSealed() throws {
        let keys = try MasterKeys(Self.first)
        #expect(try keys.open(try keys.seal([], context: "c"), context: "c") == [])
    }

    @Test func aGeneratedKeyIsReadAndIsNewEachTime() throws {
        #expect(throws: Never.self) { try MasterKeys(MasterKeys.generate()) }
        #expect(MasterKeys.generate() != MasterKeys.generate())
        #expect(MasterKeys.generate(id: "k7").hasPrefix("k7:"))
    }

    @Test(arguments: [
        ("", "no key is given"),
        ("k1", "each key is id:base64, with an id of 1 to 16 letters or digits"),
        (":AAAA", "each key is id:base64, with an id of 1 to 16 letters or digits"),
        ("k-1:AAAA", "each key is id:base64, with an id of 1 to 16 letters or digits"),
        ("k1:AAAA", "the key k1 is not base64 of 32 bytes"),
        ("k1:!!!!", "the key k1 is not base64 of 32 bytes"),
        ("\(first),\(first)", "the key id k1 stands there twice"),
    ])
    func aTextThatIsNoKeySaysWhyWithoutShowingIt(text: String, reason: String) {
        #expect(throws: MasterKeys.InvalidKey(description: reason)) { try MasterKeys(text) }
    }
}
