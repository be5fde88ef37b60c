import Domain
import Store

/// Why the gate turned a request away, before the database was asked to store anything.
enum GateRefusal: Error, Equatable {
    /// No key was given.
    case missingKey
    /// No integration has the key, or its key or it has ended.
    case unknownKey
    /// The integration takes its key in a header only.
    case keyInAddress
    case missingSignature
    case wrongSignature
    /// The signed time is more than five minutes away from now, or no time at all.
    case staleTimestamp
    /// Too many bad keys or signatures from this address.
    case tooManyFailures(retryAfter: Int)
    /// `X-Delivery-ID` is empty or longer than 200 characters.
    case badDeliveryID

    /// The label in metrics and logs; the caller is told only whether it may try again.
    var name: String {
        switch self {
        case .missingKey: "missing_key"
        case .unknownKey: "unknown_key"
        case .keyInAddress: "key_in_address"
        case .missingSignature: "missing_signature"
        case .wrongSignature: "wrong_signature"
        case .staleTimestamp: "stale_timestamp"
        case .tooManyFailures: "too_many_failures"
        case .badDeliveryID: "bad_delivery_id"
        }
    }
}

/// An integration whose secrets are open, as the gate uses it.
struct KnownIntegration: Sendable {
    struct Secret: Sendable {
        var bytes: [UInt8]
        /// Nil: valid until it is rotated.
        var until: Timestamp?
    }

    var companyID: CompanyID
    var integrationID: IntegrationID
    var source: String
    var auth: IntegrationCredentials.Auth
    var isEnabled: Bool
    var version: Int64
    var secrets: [Secret]
    /// The key that was used is valid until then; nil: until it is rotated.
    var keyValidUntil: Timestamp?

    /// The signing secrets that are valid now: one, or two during a rotation.
    func secrets(at now: Timestamp) -> [[UInt8]] {
        secrets.filter { $0.until.map { now < $0 } ?? true }.map(\.bytes)
    }
}
