import Foundation
import Synchronization

@testable import Domain

/// A day in the life of the tests: `start` is 2024-10-18T08:15:30Z.
enum Clock {
    static let start = Timestamp(seconds: 1_729_239_330)
    static func minutes(_ minutes: Int) -> Timestamp { start + .seconds(minutes * 60) }
    static func seconds(_ seconds: Int) -> Timestamp { start + .seconds(seconds) }
}

func instant(_ text: String) -> Timestamp { Timestamp(rfc3339: text) ?? Timestamp(microseconds: .min) }

private let minted = Mutex<UInt64>(0)

/// Alert ids in the order of the calls.
func nextAlertID() -> AlertID {
    AlertID(
        minted.withLock { count in
            count += 1
            return UUID(high: 0x0192_9e00_0000_7000 + (count << 16), low: 0x8000_0000_0000_0000 + count)
        })
}

func event(
    _ kind: AlertEvent.Kind, _ asset: String, _ signature: String = "high_cpu_usage", at: Timestamp,
    severity: Severity = .high, tool: String = "Datadog", dedupKey: String? = nil, labels: [String: String] = [:],
    receivedAt: Timestamp? = nil, message: String = ""
) -> PendingAlert {
    let parsed = AlertEvent(
        kind: kind, asset: asset, signature: signature, severity: severity, message: message, toolSource: tool,
        dedupKey: dedupKey)
    return PendingAlert(
        id: nextAlertID(), identity: AlertIdentity(integrationID: "int-1", dedupKey: parsed.effectiveDedupKey),
        kind: kind, asset: asset, signature: signature, severity: severity, message: message, toolSource: tool,
        labels: labels, eventAt: at, receivedAt: receivedAt ?? at)
}

func firing(
    _ asset: String, _ signature: String = "high_cpu_usage", at: Timestamp = Clock.start, severity: Severity = .high,
    tool: String = "Datadog", dedupKey: String? = nil, labels: [String: String] = [:], receivedAt: Timestamp? = nil
) -> PendingAlert {
    event(
        .firing, asset, signature, at: at, severity: severity, tool: tool, dedupKey: dedupKey, labels: labels,
        receivedAt: receivedAt)
}

func recovered(
    _ asset: String, _ signature: String = "high_cpu_usage", at: Timestamp, tool: String = "Datadog",
    dedupKey: String? = nil, receivedAt: Timestamp? = nil
) -> PendingAlert {
    event(.resolved, asset, signature, at: at, tool: tool, dedupKey: dedupKey, receivedAt: receivedAt)
}

/// A small generator whose sequence depends on its seed alone (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
