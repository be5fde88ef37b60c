import ArgumentParser
import Foundation
import Runtime
import Store

/// `aw send`: signed test alerts.
struct SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Sends a signed test alert, or a storm of them.",
        discussion: """
            Where address, key and secret are not given, they are those of the demo company that scripts/up made.

            A company may send 60 alerts a minute and 120 at once unless its settings say otherwise. A storm beyond that is \
            partly refused, as it should be; with --batch 500 it goes through, because one large request is let in when \
            nothing was sent for a while.

            Examples:
              aw send
              aw send --asset db-01 --signature disk_full --severity critical
              aw send --asset db-01 --signature disk_full --status resolved
              aw send --storm 500
              aw send --storm 500 --batch 100 --connections 4
              AW_API_KEY=aw_… AW_HMAC_SECRET=… aw send --url https://alerts.example.com
            """)

    @Option(help: "Where Ingest is reached.")
    var url: String?

    @Option(help: "The API key; AW_API_KEY in the environment is seen by fewer.")
    var apiKey: String?

    @Option(help: "The signing secret; AW_HMAC_SECRET in the environment is seen by fewer. Empty: no signature.")
    var hmacSecret: String?

    @Option(help: "The asset that the alert is about.")
    var asset = "web-server-01"

    @Option(help: "What is wrong, as tools name it.")
    var signature = "high_cpu_usage"

    @Option(help: "critical, high, medium or low.")
    var severity = "high"

    @Option(help: "firing or resolved.")
    var status = "firing"

    @Option(help: "What the alert says.")
    var message = "CPU at 95%"

    @Option(help: "The tool that the alert comes from.")
    var tool = "aw"

    @Option(help: "Send this many alerts, of many assets and signatures, as fast as they are taken.")
    var storm: Int?

    @Option(help: "How many connections a storm uses, 1 to 256.")
    var connections = 16

    @Option(help: "How many alerts a request of a storm carries, 1 to 1000.")
    var batch = 1

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let storm, !(1...1_000_000).contains(storm) { throw ValidationError("--storm must be 1 to 1000000.") }
        guard (1...256).contains(connections) else { throw ValidationError("--connections must be 1 to 256.") }
        guard (1...1000).contains(batch) else { throw ValidationError("--batch must be 1 to 1000.") }
    }

    func run() async throws {
        let settings = try common.settings()
        let target = try AlertTarget.find(
            url: url, apiKey: apiKey, hmacSecret: hmacSecret, environment: ProcessInfo.processInfo.environment,
            settings: settings)
        let alert = TestAlert(
            assetName: asset, signature: signature, severity: severity, message: message, toolSource: tool,
            status: status)
        if let storm {
            let requests = AlertStorm(count: storm, batch: batch, model: alert).requests
            let tally = try await StormRun(target: target, connections: connections).send(requests)
            return report(tally)
        }
        let answer = try await AlertSender.with(target, connections: 1) { try await $0.send([alert]) }
        try report(answer)
    }

    private func report(_ answer: AlertSender.Answer) throws {
        if common.json {
            Terminal.result(["status": .integer(answer.status), "answer": answer.body])
        } else if let ids = answer.body["alert_ids"]?.array?.compactMap(\.string), (200...202).contains(answer.status) {
            Terminal.result("Accepted: \(ids.joined(separator: ", "))")
        }
        guard (200...202).contains(answer.status) else { throw answer.failure }
    }

    private func report(_ tally: StormTally) {
        if common.json { return Terminal.result(tally.json) }
        for line in tally.lines { Terminal.result(line) }
    }
}
