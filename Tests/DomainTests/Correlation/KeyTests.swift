import Testing

@testable import Domain

@Suite("The correlation key")
struct KeyTests {
    private func store(_ key: CorrelationPolicy.Key) -> CorrelationStore {
        CorrelationStore(policy: CorrelationPolicy(key: key, rollUp: false, dependency: false))
    }

    @Test("asset|signature: one incident for each pair, whatever the tool")
    func assetSignature() {
        let store = store(.assetSignature)
        store.post(
            firing("web-01", tool: "Datadog"), firing("web-01", tool: "Zabbix"), firing("web-01", "disk_full"),
            firing("web-02"))
        #expect(
            store.open.map(\.title).sorted() == [
                "Disk Full on web-01", "High CPU Usage on web-01", "High CPU Usage on web-02",
            ])
        #expect(store.open.first { $0.signature == "high_cpu_usage" && $0.primaryAsset == "web-01" }?.alertCount == 2)
    }

    @Test("asset|signature|tool: each tool has its own incident")
    func assetSignatureTool() {
        let store = store(.assetSignatureTool)
        store.post(firing("web-01", tool: "Datadog"), firing("web-01", tool: "Zabbix"), firing("web-01", tool: ""))
        #expect(store.open.map(\.toolSources) == [["Datadog"], ["Zabbix"], []])
    }

    @Test("signature: all assets are one incident")
    func signature() throws {
        let store = store(.signature)
        store.post(firing("web-01"), firing("web-02"), firing("web-03", "disk_full"))
        #expect(store.open.map(\.title) == ["High CPU Usage Across 2 Servers", "Disk Full on web-03"])
    }

    @Test("asset: all that is wrong with one asset is one incident")
    func asset() {
        let store = store(.asset)
        store.post(
            firing("web-01"), firing("web-01", "disk_full"), firing("web-01", "InstanceDown"), firing("web-02"))
        #expect(store.open.map(\.title) == ["3 Problems on web-01", "High CPU Usage on web-02"])
    }

    @Test("the fate names the key that matched")
    func reason() {
        let store = store(.assetSignature)
        let decision = store.post(firing("web-01", tool: "Datadog"), firing("web-01", tool: "Zabbix"))
        #expect(decision.fates[0].fate.reason == .noOpenIncident)
        #expect(decision.fates[1].fate.reason == .sameKey(key: "2:as|6:web-01|14:high_cpu_usage"))
        #expect(decision.fates[1].fate.kind == .joined)
    }

    @Test("a repeat of a firing alert joins as repeated and fires once")
    func repeated() throws {
        let store = store(.assetSignature)
        store.post(firing("web-01"), firing("web-01", at: Clock.minutes(1)), firing("web-01", at: Clock.minutes(90)))
        let incident = try #require(store.open.first)
        #expect(store.open.count == 1)
        #expect(incident.alertCount == 3)
        #expect(incident.firingIdentities == 1)
        #expect(store.fates.values.flatMap { $0 }.filter { $0.reason == .repeated }.count == 2)
    }

    @Test("two sets of values never give one key")
    func distinct() {
        let left = CorrelationKey(policy: .assetSignature, asset: "a|1:b", signature: "c", tool: "")
        let right = CorrelationKey(policy: .assetSignature, asset: "a", signature: "1:b|c", tool: "")
        #expect(left != right)
        #expect(
            CorrelationKey(policy: .asset, asset: "x", signature: "", tool: "")
                != CorrelationKey(policy: .signature, asset: "", signature: "x", tool: ""))
        #expect(CorrelationKey(stored: left.text) == left)
    }

    @Test("the window slides from the last alert, and outside it a new incident takes the key")
    func window() throws {
        let store = store(.assetSignature)
        store.policy.autoResolve = false
        store.post(firing("web-01", tool: "A"))
        store.post(recovered("web-01", at: Clock.minutes(1), tool: "A"))
        store.post(firing("web-01", at: Clock.minutes(15), tool: "B"))
        store.post(recovered("web-01", at: Clock.minutes(16), tool: "B"))
        store.post(firing("web-01", at: Clock.minutes(30), tool: "C"))
        store.post(recovered("web-01", at: Clock.minutes(31), tool: "C"))
        #expect(store.open.map(\.alertCount) == [3])
        let later = Clock.minutes(45) + .microseconds(1)
        store.post(firing("web-01", at: later, tool: "D"))
        #expect(store.open.map(\.alertCount) == [3, 1])
        #expect(store.keys.values.first == store.open.last?.id)
    }

    @Test("what still burns is one incident, however long ago its last alert was")
    func burning() {
        let store = store(.assetSignature)
        store.post(firing("web-01", tool: "A"))
        store.post(firing("web-01", at: Clock.minutes(300), tool: "B"))
        #expect(store.open.map(\.alertCount) == [2])
    }

    @Test("severity rises with the worst alert, is told once a batch and never falls")
    func severity() throws {
        let store = store(.assetSignature)
        store.post(firing("web-01", severity: .low))
        let decision = store.post(
            firing("web-01", at: Clock.minutes(1), severity: .medium),
            firing("web-01", at: Clock.minutes(2), severity: .critical),
            firing("web-01", at: Clock.minutes(3), severity: .low))
        let incident = try #require(store.open.first)
        #expect(incident.severity == .critical)
        #expect(
            decision.actions == [
                .severityRaised(incident.id, from: .low, to: .critical),
                .joined(incident.id, count: 3, reason: .repeated),
            ])
    }

    @Test("an identity's alert goes to its own incident even when its key changes")
    func movedIdentity() {
        let store = store(.assetSignature)
        store.post(firing("web-01", "cpu_warning", dedupKey: "trigger-7"))
        store.post(firing("web-02", "cpu_critical"))
        let decision = store.post(firing("web-02", "cpu_critical", at: Clock.minutes(1), dedupKey: "trigger-7"))
        #expect(decision.fates[0].fate.reason == .repeated)
        let other = CorrelationKey(policy: .assetSignature, asset: "web-02", signature: "cpu_critical", tool: "Datadog")
        #expect(store.keys[other] == store.open.first { $0.primaryAsset == "web-02" }?.id)
    }
}
