import Domain
import Synchronization

/// Limits bad keys and signatures per sender address, so that guessing is slow and costs us little.
///
/// A bucket of 100 failures that refills by 5 a second. Kept in this process only: it guards the process, and a sender
/// whose key is in memory is not touched by it.
final class FailureLimit: Sendable {
    private struct Bucket {
        var tokens: Double
        var at: Timestamp
    }

    private static let burst = 100.0
    private static let perSecond = 5.0
    private static let maximumAddresses = 10_000

    private let buckets = Mutex<[String: Bucket]>([:])

    /// The seconds after which an address may try a key that is not known here; nil: now. Counts nothing.
    func wait(address: String, now: Timestamp) -> Int? {
        buckets.withLock { buckets in
            guard let bucket = buckets[address] else { return nil }
            let tokens = bucket.tokens + max(0, (now - bucket.at).inSeconds) * Self.perSecond
            return tokens >= 1 ? nil : max(1, Int(((1 - tokens) / Self.perSecond).rounded(.up)))
        }
    }

    /// Whether a failure of this address may be looked into; each call counts one.
    ///
    /// - Returns: Nil, or the seconds after which to try again.
    func spend(address: String, now: Timestamp) -> Int? {
        buckets.withLock { buckets in
            if buckets.count >= Self.maximumAddresses {
                buckets = buckets.filter { now - $0.value.at < .seconds(20) }
                if buckets.count >= Self.maximumAddresses { buckets.removeAll() }
            }
            var bucket = buckets[address] ?? Bucket(tokens: Self.burst, at: now)
            let elapsed = max(0, (now - bucket.at).inSeconds)
            bucket.tokens = min(Self.burst, bucket.tokens + elapsed * Self.perSecond)
            bucket.at = now
            defer { buckets[address] = bucket }
            guard bucket.tokens >= 1 else { return max(1, Int(((1 - bucket.tokens) / Self.perSecond).rounded(.up))) }
            bucket.tokens -= 1
            return nil
        }
    }
}
