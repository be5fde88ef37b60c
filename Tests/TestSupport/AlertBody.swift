import Foundation

/// Webhook bodies for tests.
public enum AlertBody {
    /// One alert as JSON; fields given replace or add to those of a high CPU alert on `web-server-01`.
    public static func one(_ fields: [String: Any] = [:]) -> [UInt8] {
        json(alert(fields))
    }

    public static func many(_ alerts: [[String: Any]]) -> [UInt8] {
        json(alerts.map(alert))
    }

    public static func alert(_ fields: [String: Any] = [:]) -> [String: Any] {
        let base: [String: Any] = [
            "asset_name": "web-server-01", "signature": "high_cpu_usage", "severity": "high",
            "message": "CPU at 95%", "tool_source": "Datadog",
        ]
        return base.merging(fields) { $1 }
    }

    public static func json(_ value: Any) -> [UInt8] {
        (try? JSONSerialization.data(withJSONObject: value, options: [.sortedKeys])).map(Array.init) ?? []
    }
}
