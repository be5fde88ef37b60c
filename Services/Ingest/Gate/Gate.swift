import Domain
import Foundation
import HTTPTypes
import Hummingbird
import Secrets
import Store

/// Key, signature and freshness, in this order. Duplicate and rate follow in the commit.
struct Gate: Sendable {
    let cache: IntegrationCache
    let failures: FailureLimit

    /// What a request has proved.
    struct Pass: Sendable {
        var integration: KnownIntegration
        var signed: Signature.Signed?
    }

    /// The first check, before the body is read: only who has a key may send one.
    ///
    /// - Parameters:
    ///   - address: The sender's, for the limit on failures.
    ///   - isFresh: Look the integration up in the database even when it is in memory.
    /// - Throws: ``GateRefusal``, or an error of the database.
    func identify(
        _ request: Request, address: String, now: Timestamp, isFresh: Bool = false
    ) async throws -> KnownIntegration {
        guard let key = ApiKey(request: request) else {
            throw refusal(.missingKey, address: address, now: now)
        }
        let hash = RandomToken.hash(key.text)
        var integration = isFresh ? nil : cache.known(hash, now: now)
        if integration == nil {
            // Whoever guesses too much is not looked up any more.
            if !isFresh, let wait = failures.wait(address: address, now: now) {
                throw GateRefusal.tooManyFailures(retryAfter: wait)
            }
            integration = try await cache.lookUp(hash)
        }
        guard let integration, integration.isEnabled, integration.keyValidUntil.map({ now < $0 }) ?? true else {
            throw refusal(.unknownKey, address: address, now: now)
        }
        if integration.auth == .bearer, key.place == .address {
            throw refusal(.keyInAddress, address: address, now: now)
        }
        return integration
    }

    /// The second and the third.
    func verify(
        _ integration: KnownIntegration, headers: HTTPFields, body: Data, address: String, now: Timestamp
    ) throws(GateRefusal) -> Pass {
        do throws(GateRefusal) {
            let signed = try Signature.check(headers: headers, body: body, integration: integration, now: now)
            try Freshness.check(signed, now: now)
            return Pass(integration: integration, signed: signed)
        } catch {
            throw refusal(error, address: address, now: now)
        }
    }

    private func refusal(_ refusal: GateRefusal, address: String, now: Timestamp) -> GateRefusal {
        if let wait = failures.spend(address: address, now: now) { return .tooManyFailures(retryAfter: wait) }
        return refusal
    }
}
