import Domain
import Foundation
import HTTPTypes
import Secrets

/// The second check: was the body signed by someone who knows the integration's secret?
enum Signature {
    /// What was signed, for the checks after this one.
    struct Signed: Sendable, Equatable {
        var timestamp: String
        var signature: String
    }

    /// - Returns: Nil for an integration that does not sign.
    static func check(
        headers: HTTPFields, body: Data, integration: KnownIntegration, now: Timestamp
    ) throws(GateRefusal) -> Signed? {
        guard integration.auth == .hmac else { return nil }
        guard let signature = headers[WebhookHeader.signature], let timestamp = headers[WebhookHeader.timestamp] else {
            throw .missingSignature
        }
        let isRight = RequestSignature.verify(
            signature, secrets: integration.secrets(at: now), timestamp: timestamp, body: body)
        guard isRight else { throw .wrongSignature }
        return Signed(timestamp: timestamp, signature: signature.lowercased())
    }
}
