import Testing

@testable import Domain

@Suite("Titles")
struct TitleTests {
    @Test(
        "rules read as a person would write them",
        arguments: [
            ("high_cpu_usage", "High CPU Usage"), ("InstanceDown", "Instance Down"),
            ("ssl_cert_expiry", "SSL Cert Expiry"),
            ("EC2StatusCheckFailed", "EC2 Status Check Failed"), ("S3BucketFull", "S3 Bucket Full"),
            ("HTTPErrors", "HTTP Errors"),
            ("httpErrorRate", "HTTP Error Rate"), ("http_5xx", "HTTP 5xx"), ("out_of_memory", "Out of Memory"),
            ("of_mice", "Of Mice"), ("mysql.replication-lag", "MySQL Replication Lag"), ("db/io:wait", "DB IO Wait"),
            ("RDSHighCPUUtilization", "RDS High CPU Utilization"), ("KubePodCrashLooping", "Kube Pod Crash Looping"),
            ("too_many_VMs", "Too Many VMs"), ("dns_ttl_low", "DNS TTL Low"), ("disk_has_errors", "Disk Has Errors"),
            ("Disk space is low on /var", "Disk space is low on /var"), ("disk  is full", "Disk is full"),
            ("überlast_cpu", "Überlast CPU"), ("___", "___"), ("x", "X"), ("VPN_DOWN", "VPN Down"),
            ("LOAD_HIGH", "Load High"),
        ])
    func humanised(signature: String, title: String) {
        #expect(IncidentTitle.humanise(signature) == title)
    }

    @Test("a very long name is cut")
    func long() {
        let title = IncidentTitle.humanise(String(repeating: "word_", count: 60))
        #expect(title.count == 120)
        #expect(title.hasSuffix("…"))
    }

    private func incident(
        _ signature: String = "high_cpu_usage", assets: Int = 1, kinds: [String] = [], signatures: Int = 1,
        symptoms: Int = 0,
        rolledUp: Bool = false
    ) -> String {
        var state = IncidentState(
            id: "inc-1", title: "", signature: signature, primaryAsset: "web-server-01", status: .new, severity: .high,
            openedAt: Clock.start, lastEventAt: Clock.start)
        state.assetCount = assets
        state.assetKinds = kinds
        state.signatures = (0..<signatures).map { "s\($0)" }
        state.symptomCount = symptoms
        state.isRolledUp = rolledUp
        return IncidentTitle.make(for: state)
    }

    @Test("one asset, several, several problems, a cascade")
    func shapes() {
        #expect(incident() == "High CPU Usage on web-server-01")
        #expect(incident(signatures: 3) == "3 Problems on web-server-01")
        #expect(incident(assets: 5) == "High CPU Usage Across 5 Servers")
        #expect(incident(assets: 5, signatures: 2) == "High CPU Usage and 1 Other Problem Across 5 Servers")
        #expect(incident(assets: 5, signatures: 4) == "High CPU Usage and 3 Other Problems Across 5 Servers")
        #expect(
            incident(assets: 2, signatures: 2, symptoms: 1)
                == "High CPU Usage on web-server-01, 1 Other Server Affected")
        #expect(
            incident(assets: 4, kinds: ["server"], signatures: 2, symptoms: 7)
                == "High CPU Usage on web-server-01, 3 Other Servers Affected")
        #expect(incident(assets: 4, symptoms: 1, rolledUp: true) == "High CPU Usage Across 4 Servers")
    }

    @Test(
        "assets are called what they are",
        arguments: [
            ([], "Servers"), (["server"], "Servers"), (["database"], "Databases"), (["database", "server"], "Assets"),
            (["vm"], "VMs"), (["switch"], "Switches"), (["toaster"], "Assets"), (["Load_Balancer"], "Load Balancers"),
        ])
    func nouns(kinds: [String], noun: String) {
        #expect(incident(assets: 2, kinds: kinds) == "High CPU Usage Across 2 \(noun)")
    }

    @Test("the kinds of all assets count, also of those that the batch does not speak of")
    func kindsKept() {
        let store = CorrelationStore(policy: CorrelationPolicy(key: .signature))
        store.assets["db-01"] = AssetFacts(name: "db-01", kind: "database")
        store.assets["db-02"] = AssetFacts(name: "db-02", kind: "database")
        store.post(firing("db-01"))
        store.post(firing("db-02", at: Clock.minutes(1)))
        #expect(store.open.first?.title == "High CPU Usage Across 2 Databases")
        store.post(firing("web-01", at: Clock.minutes(2)))
        #expect(store.open.first?.title == "High CPU Usage Across 3 Assets")
    }
}
