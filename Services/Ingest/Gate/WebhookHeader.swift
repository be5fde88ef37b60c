import HTTPTypes

/// The header fields of our own that webhook requests and answers carry.
enum WebhookHeader {
    static let apiKey = name("X-API-Key")
    static let timestamp = name("X-Timestamp")
    static let signature = name("X-Signature")
    static let deliveryID = name("X-Delivery-ID")
    static let forwardedFor = name("X-Forwarded-For")
    static let traceParent = name("traceparent")
    static let rateLimit = name("X-RateLimit-Limit")
    static let rateRemaining = name("X-RateLimit-Remaining")
    static let rateReset = name("X-RateLimit-Reset")

    /// All of the above are valid names, so the second is never taken.
    private static func name(_ text: String) -> HTTPField.Name {
        HTTPField.Name(text) ?? .userAgent
    }
}
