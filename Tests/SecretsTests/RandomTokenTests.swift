import Testing

@testable import Secrets

@Suite struct RandomTokenTests {
    @Test func aTokenHasItsPrefixItsLengthAndLettersAndDigitsAlone() {
        let token = RandomToken.make(prefix: "aw_", length: 43)
        #expect(token.hasPrefix("aw_"))
        #expect(token.count == 46)
        #expect(token.dropFirst(3).allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
    }

    @Test func noTwoTokensAreTheSame() {
        #expect(Set((0..<1000).map { _ in RandomToken.make() }).count == 1000)
    }

    @Test func everyLetterAndDigitOccurs() {
        #expect(Set(RandomToken.make(length: 20_000)).count == 62)
    }

    /// FIPS 180-2, appendix B.1.
    @Test func theStoredFormIsSHA256() {
        let hex = RandomToken.hash("abc").map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}

@Suite struct ConstantTimeTests {
    @Test func equalsIsTrueForEqualBytesAlone() {
        #expect(ConstantTime.equals([], []))
        #expect(ConstantTime.equals([1, 2, 3], [1, 2, 3]))
        #expect(!ConstantTime.equals([1, 2, 3], [1, 2, 4]))
        #expect(!ConstantTime.equals([0, 2, 3], [1, 2, 3]))
        #expect(!ConstantTime.equals([1, 2], [1, 2, 3]))
    }

    /// A comparison that stopped at the first difference would be a hundred times quicker for the early one.
    @Test func theTimeDoesNotDependOnWhereTheDifferenceIs() {
        let reference = [UInt8](repeating: 7, count: 200_000)
        var early = reference
        early[0] = 8
        var late = reference
        late[late.count - 1] = 8
        let clock = ContinuousClock()
        func quickest(_ other: [UInt8]) -> Duration {
            (0..<20).map { _ in clock.measure { _ = ConstantTime.equals(reference, other) } }.min() ?? .zero
        }
        let (first, last) = (quickest(early), quickest(late))
        #expect(first * 4 > last, "\(first) for an early difference, \(last) for a late one")
    }
}
