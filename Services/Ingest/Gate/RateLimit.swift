import HTTPTypes
import Store

/// The last check is made in the commit, where only an accepted request pays; here its answer is put into headers.
enum RateLimit {
    static func headers(_ rate: RateState) -> HTTPFields {
        [
            WebhookHeader.rateLimit: String(rate.limit),
            WebhookHeader.rateRemaining: String(rate.remaining),
            WebhookHeader.rateReset: String(Int(rate.resetSeconds.rounded(.up))),
        ]
    }

    /// Whole seconds after which the request would pass, at least 1.
    static func retryAfter(_ waitSeconds: Double) -> Int {
        max(1, Int(min(waitSeconds, 86_400).rounded(.up)))
    }
}
