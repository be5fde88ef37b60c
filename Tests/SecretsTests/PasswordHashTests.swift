import Testing

@testable import Secrets

@Suite struct PasswordHashTests {
    @Test func theRightPasswordIsVerifiedAndNoOther() throws {
        let stored = try PasswordHash.make("correct horse")
        #expect(PasswordHash.verify("correct horse", against: stored))
        #expect(!PasswordHash.verify("correct horsE", against: stored))
        #expect(!PasswordHash.verify("", against: stored))
    }

    @Test func theSamePasswordIsStoredDifferentlyEachTime() throws {
        #expect(try PasswordHash.make("p") != PasswordHash.make("p"))
    }

    @Test func theStoredFormSaysHowItWasMade() throws {
        let parts = try PasswordHash.make("p").split(separator: "$")
        #expect(parts.prefix(4) == ["scrypt", "16384", "8", "1"])
        #expect(parts.count == 6)
    }

    /// RFC 7914, section 12, the third vector, of which 32 bytes are kept.
    @Test func aHashMadeElsewhereByTheSameStandardIsVerified() {
        let stored = "scrypt$16384$8$1$U29kaXVtQ2hsb3JpZGU=$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofI="
        #expect(PasswordHash.verify("pleaseletmein", against: stored))
    }

    @Test(arguments: [
        "", "scrypt", "scrypt$16384$8$1$AAAA", "bcrypt$16384$8$1$AAAA$AAAA", "scrypt$x$8$1$AAAA$AAAA",
        "scrypt$16384$8$1$!$AAAA", "scrypt$99999999$8$1$AAAA$AAAA", "scrypt$16384$64$1$AAAA$AAAA",
    ])
    func aStoredTextThatCanNotBeReadVerifiesNothing(stored: String) {
        #expect(!PasswordHash.verify("p", against: stored))
    }
}
