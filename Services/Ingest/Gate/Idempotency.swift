import Domain
import HTTPTypes
import Store

/// The fourth check is made in the commit; here it is settled by what a repeat will be known.
enum Idempotency {
    static func key(
        headers: HTTPFields, signed: Signature.Signed?, firstAlert: AlertID
    ) throws(GateRefusal) -> RequestKey {
        if let id = headers[WebhookHeader.deliveryID] {
            guard (1...200).contains(id.unicodeScalars.count) else { throw .badDeliveryID }
            return .delivery(id)
        }
        if let signed { return .signed(timestamp: signed.timestamp, signature: signed.signature) }
        return .minted(firstAlert)
    }
}
