import Foundation

/// What the identifiers below tag; never instantiated.
public enum Tags {
    public enum Company {}
    public enum Integration {}
    public enum Alert {}
    public enum Incident {}
    public enum Asset {}
    public enum User {}
    public enum Window {}
    public enum Timer {}
}

/// `comp-acme`: readable, chosen from the name when the company is made, never changed.
public typealias CompanyID = Tagged<Tags.Company, String>
/// `int-` and 26 characters.
public typealias IntegrationID = Tagged<Tags.Integration, String>
/// A UUIDv7 minted once, when the request that carries the alert is received.
public typealias AlertID = Tagged<Tags.Alert, UUID>
/// `inc-` and 26 characters; later incidents sort after earlier ones.
public typealias IncidentID = Tagged<Tags.Incident, String>
/// `ast-` and 26 characters.
public typealias AssetID = Tagged<Tags.Asset, String>
/// `user-` and 26 characters.
public typealias UserID = Tagged<Tags.User, String>
/// `mw-` and 26 characters: a maintenance window.
public typealias WindowID = Tagged<Tags.Window, String>

extension CompanyID {
    /// The company that owns what belongs to no client: MSP-wide settings, MSP users, sign-ins.
    public static let msp: CompanyID = "_msp"
}

/// Mints identifiers that sort by the time at which they were made.
public enum IdentifierMint {
    /// A prefixed text id: the 128 bits of a UUIDv7 in Crockford's base 32, lower case.
    public static func text(_ prefix: String, at now: Timestamp) -> String {
        let uuid = UUIDv7.make(at: now)
        return prefix + "-" + CrockfordBase32.encode(uuid)
    }
}

/// Crockford's base 32 (no i, l, o, u), lower case, 26 characters for 128 bits, most significant first.
enum CrockfordBase32 {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    static func encode(_ uuid: UUID) -> String {
        let (high, low) = uuid.words
        return String(unsafeUninitializedCapacity: 26) { buffer in
            for position in 0..<26 {
                let shift = 125 - position * 5
                let digit: UInt64
                if shift >= 64 {
                    digit = high >> UInt64(shift - 64)
                } else if shift + 5 <= 64 {
                    digit = low >> UInt64(shift)
                } else {
                    digit = (high << UInt64(64 - shift)) | (low >> UInt64(shift))
                }
                buffer[position] = alphabet[Int(digit & 31)]
            }
            return 26
        }
    }
}
