/// An alert as monitoring tools post it.
struct TestAlert: Sendable, Equatable, Encodable {
    var assetName: String
    var signature: String
    var severity: String
    var message: String
    var toolSource: String
    var status: String

    enum CodingKeys: String, CodingKey {
        case assetName = "asset_name"
        case signature, severity, message
        case toolSource = "tool_source"
        case status
    }
}

/// A storm of test alerts: what a bad hour at a client looks like.
struct AlertStorm: Sendable {
    /// How many alerts, at least 1.
    var count: Int
    /// How many of them go in one request, at least 1.
    var batch: Int
    /// Gives tool and status.
    var model: TestAlert

    private static let troubles: [(signature: String, severity: String, message: String)] = [
        ("high_cpu_usage", "high", "CPU at 97%"), ("memory_exhausted", "high", "Memory at 96%"),
        ("disk_full", "critical", "Disk / at 99%"), ("service_down", "critical", "nginx does not answer"),
        ("packet_loss", "medium", "18% of packets are lost"),
    ]

    /// The alerts, request by request. The same every time: alert n is about one of forty servers and one of five
    /// troubles.
    var requests: [[TestAlert]] {
        stride(from: 0, to: count, by: batch).map { first in
            (first..<min(first + batch, count)).map(alert)
        }
    }

    private func alert(_ number: Int) -> TestAlert {
        let trouble = Self.troubles[number % Self.troubles.count]
        let server = number / Self.troubles.count % 40 + 1
        let name = "storm-\(server < 10 ? "0" : "")\(server)"
        return TestAlert(
            assetName: name, signature: trouble.signature, severity: trouble.severity, message: trouble.message,
            toolSource: model.toolSource, status: model.status)
    }
}
