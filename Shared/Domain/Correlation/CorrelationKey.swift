/// What an incident owns so that later alerts find it. One text per (kind, values), unique within a company.
///
/// The parts are prefixed by their length in bytes, so that no two sets of values give one key.
public struct CorrelationKey: Sendable, Hashable {
    public let text: String

    /// The key that `policy` gives to an alert.
    public init(policy: CorrelationPolicy.Key, asset: String, signature: String, tool: String) {
        text =
            switch policy {
            case .assetSignature: LengthPrefixed.join(["as", asset, signature])
            case .assetSignatureTool: LengthPrefixed.join(["ast", asset, signature, tool])
            case .signature: LengthPrefixed.join(["s", signature])
            case .asset: LengthPrefixed.join(["a", asset])
            }
    }

    /// The key of the incident into which a signature was rolled up.
    public static func rollUp(signature: String) -> CorrelationKey {
        CorrelationKey(stored: LengthPrefixed.join(["ru", signature]))
    }

    /// A key as it was stored.
    public init(stored: String) { text = stored }
}
