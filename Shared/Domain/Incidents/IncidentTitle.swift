/// What an incident is called, from what is known of it. The same facts give the same title.
///
/// - `High CPU Usage on web-server-01`: one asset
/// - `3 Problems on web-server-01`: one asset, several signatures
/// - `High CPU Usage Across 5 Servers`: several assets
/// - `High CPU Usage and 1 Other Problem Across 5 Servers`: several of both
/// - `Disk Full on db-01, 3 Other Servers Affected`: symptoms on assets that depend on it
public enum IncidentTitle {
    public static func make(for incident: IncidentState) -> String {
        let signature = SignatureWords.title(incident.signature)
        let others = incident.signatures.count - 1
        let assets = max(1, incident.assetCount)
        if assets == 1 {
            return others < 1
                ? "\(signature) on \(incident.primaryAsset)"
                : "\(others + 1) Problems on \(incident.primaryAsset)"
        }
        if incident.symptomCount > 0, !incident.isRolledUp {
            let affected = assets - 1
            let noun = noun(for: incident.assetKinds, count: affected)
            return "\(signature) on \(incident.primaryAsset), \(affected) Other \(noun) Affected"
        }
        let what =
            switch others {
            case ..<1: signature
            case 1: "\(signature) and 1 Other Problem"
            default: "\(signature) and \(others) Other Problems"
            }
        return "\(what) Across \(assets) \(noun(for: incident.assetKinds, count: assets))"
    }

    /// A rule's name as a person would write it: `high_cpu_usage` → `High CPU Usage`.
    public static func humanise(_ signature: String) -> String { SignatureWords.title(signature) }

    /// `Servers` when all are servers; `Assets` when they are of several kinds or of one without a noun.
    static func noun(for kinds: [String], count: Int) -> String {
        let kind = kinds.count <= 1 ? (kinds.first ?? "server") : "asset"
        let pair = nouns[kind.lowercased()] ?? ("Asset", "Assets")
        return count == 1 ? pair.0 : pair.1
    }

    /// As ``noun(for:count:)``, within a sentence.
    static func plainNoun(for kinds: [String], count: Int) -> String {
        let noun = noun(for: kinds, count: count)
        return noun.hasPrefix("VM") ? noun : noun.lowercased()
    }

    private static let nouns: [String: (String, String)] = [
        "server": ("Server", "Servers"), "host": ("Host", "Hosts"), "vm": ("VM", "VMs"),
        "virtual_machine": ("VM", "VMs"), "instance": ("Instance", "Instances"), "node": ("Node", "Nodes"),
        "database": ("Database", "Databases"), "container": ("Container", "Containers"), "pod": ("Pod", "Pods"),
        "cluster": ("Cluster", "Clusters"), "service": ("Service", "Services"),
        "application": ("Application", "Applications"), "website": ("Website", "Websites"),
        "load_balancer": ("Load Balancer", "Load Balancers"), "firewall": ("Firewall", "Firewalls"),
        "router": ("Router", "Routers"), "switch": ("Switch", "Switches"),
        "network_device": ("Network Device", "Network Devices"), "network": ("Network Device", "Network Devices"),
        "storage": ("Storage System", "Storage Systems"), "workstation": ("Workstation", "Workstations"),
        "printer": ("Printer", "Printers"), "cloud_resource": ("Cloud Resource", "Cloud Resources"),
    ]
}
