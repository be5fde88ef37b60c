/// Which alerts a maintenance window keeps quiet. Empty: all of the company.
///
/// The lists that are there must all match: assets `web-*` with signatures `high_cpu_usage` means that signature on those
/// assets. Within a list one match is enough; of the labels every pair must be on the alert.
public struct MaintenanceScope: Sendable, Equatable {
    /// Asset names, exact or with `*`. At most 500.
    public var assets: [String]
    /// Signatures, exact or with `*`. At most 500.
    public var signatures: [String]
    /// Exact names and values. At most 50.
    public var labels: [String: String]

    public init(assets: [String] = [], signatures: [String] = [], labels: [String: String] = [:]) {
        self.assets = assets
        self.signatures = signatures
        self.labels = labels
    }

    public var isCompanyWide: Bool { assets.isEmpty && signatures.isEmpty && labels.isEmpty }

    public func matches(asset: String, signature: String, labels alertLabels: [String: String]) -> Bool {
        (assets.isEmpty || assets.contains { Wildcard.matches($0, asset) })
            && (signatures.isEmpty || signatures.contains { Wildcard.matches($0, signature) })
            && labels.allSatisfy { alertLabels[$0.key] == $0.value }
    }

    /// What is wrong with it, by field.
    public var problems: [FieldProblem] {
        var found: [FieldProblem] = []
        for (field, list) in [("scope.assets", assets), ("scope.signatures", signatures)] {
            if list.count > 500 { found.append(FieldProblem(field, "must hold at most 500 entries")) }
            if list.contains(where: { !(1...255).contains($0.count) }) {
                found.append(FieldProblem(field, "must hold names of 1 to 255 characters"))
            }
        }
        if labels.count > 50 { found.append(FieldProblem("scope.labels", "must hold at most 50 pairs")) }
        if labels.keys.contains("") { found.append(FieldProblem("scope.labels", "must not hold an empty name")) }
        return found
    }
}

extension MaintenanceScope: Codable {
    enum CodingKeys: String, CodingKey { case assets, signatures, labels }

    /// What is left out is empty.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        assets = try container.decodeIfPresent([String].self, forKey: .assets) ?? []
        signatures = try container.decodeIfPresent([String].self, forKey: .signatures) ?? []
        labels = try container.decodeIfPresent([String: String].self, forKey: .labels) ?? [:]
    }
}
