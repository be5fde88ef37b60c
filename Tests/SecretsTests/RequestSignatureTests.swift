import Foundation
import Testing

@testable import Secrets

@Suite struct RequestSignatureTests {
    private let secret = Array("s3cret".utf8)
    private let body = Data(#"{"asset_name":"web-server-01"}"#.utf8)

    /// Made with: printf '%s.%s' 1767226530 BODY | openssl dgst -sha256 -hmac s3cret
    private let vector = "sha256=8a689afc2ce85131729566c322f6ec80672e7f8f47da2dc8daf91321f9dbd623"

    @Test func aSignatureIsWhatOpenSSLMakes() {
        #expect(RequestSignature.make(secret: secret, timestamp: "1767226530", body: body) == vector)
    }

    @Test func aSignatureOfAnotherToolIsVerified() {
        #expect(RequestSignature.verify(vector, secrets: [secret], timestamp: "1767226530", body: body))
    }

    @Test func hexMayBeUpperCase() {
        let upper = "sha256=" + vector.dropFirst(7).uppercased()
        #expect(RequestSignature.verify(upper, secrets: [secret], timestamp: "1767226530", body: body))
    }

    @Test func duringARotationEitherSecretIsRight() {
        let other = Array("other".utf8)
        #expect(RequestSignature.verify(vector, secrets: [other, secret], timestamp: "1767226530", body: body))
        #expect(RequestSignature.verify(vector, secrets: [secret, other], timestamp: "1767226530", body: body))
        #expect(!RequestSignature.verify(vector, secrets: [other], timestamp: "1767226530", body: body))
        #expect(!RequestSignature.verify(vector, secrets: [], timestamp: "1767226530", body: body))
    }

    @Test func anotherTimeOrBodyIsNotVerified() {
        #expect(!RequestSignature.verify(vector, secrets: [secret], timestamp: "1767226531", body: body))
        #expect(!RequestSignature.verify(vector, secrets: [secret], timestamp: "1767226530", body: body + [10]))
    }

    @Test(arguments: ["", "sha256=", "sha256=zz", "sha256=00", "sha1=00", "00", "sha256=\u{e9}"])
    func aTextThatIsNoSignatureIsNotVerified(text: String) {
        #expect(!RequestSignature.verify(text, secrets: [secret], timestamp: "1767226530", body: body))
    }
}
