import Foundation
import Testing

@testable import Command

@Suite struct AlertTargetTests {
    private let bare = CommandSettings(environment: [:], installation: Installation(directory: nil, settings: [:]))

    private func installed(_ work: (CommandSettings) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "aw-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try Credentials(
            database: "d", adminEmail: "a@b", adminPassword: "p", companyID: "comp-demo", apiKey: "aw_kept",
            hmacSecret: "kept-secret"
        ).write(directory.appending(path: "credentials.json"))
        let installation = Installation(
            directory: directory, settings: ["AW_INGEST_PUBLIC_URL": "http://127.0.0.1:8085"])
        try work(CommandSettings(environment: [:], installation: installation))
    }

    @Test func anInstallationKnowsEverything() throws {
        try installed { settings in
            let target = try AlertTarget.find(
                url: nil, apiKey: nil, hmacSecret: nil, environment: [:], settings: settings)
            #expect(
                target == AlertTarget(url: "http://127.0.0.1:8085", apiKey: "aw_kept", hmacSecret: "kept-secret"))
        }
    }

    @Test func optionsGoBeforeTheEnvironmentAndThatBeforeTheInstallation() throws {
        try installed { settings in
            let environment = ["AW_API_KEY": "aw_e", "AW_HMAC_SECRET": "e"]
            let first = try AlertTarget.find(
                url: "https://x/", apiKey: "aw_o", hmacSecret: nil, environment: environment, settings: settings)
            #expect(first == AlertTarget(url: "https://x", apiKey: "aw_o", hmacSecret: "e"))
        }
    }

    @Test func theKeptSecretIsNeverUsedWithAnotherKey() throws {
        try installed { settings in
            #expect(throws: CommandFailure.self) {
                try AlertTarget.find(
                    url: nil, apiKey: "aw_other", hmacSecret: nil, environment: [:], settings: settings)
            }
        }
    }

    @Test func whatIsMissingIsSaidWithWhatToDo() {
        let failure = #expect(throws: CommandFailure.self) {
            try AlertTarget.find(url: nil, apiKey: nil, hmacSecret: nil, environment: [:], settings: bare)
        }
        #expect(failure?.message == "no API key is known here")
        #expect(failure?.advice?.contains("aw company create") == true)
    }

    @Test func anAddressMustBeOne() {
        let failure = #expect(throws: CommandFailure.self) {
            try AlertTarget.find(url: "localhost:80", apiKey: "k", hmacSecret: "", environment: [:], settings: bare)
        }
        #expect(failure?.message == "\"localhost:80\" is no address")
    }
}

@Suite struct AlertStormTests {
    private let model = TestAlert(
        assetName: "a", signature: "s", severity: "high", message: "m", toolSource: "aw", status: "firing")

    @Test(arguments: [(1, 1), (500, 1), (500, 100), (501, 100), (3, 1000)])
    func aStormHasAsManyAlertsAsAskedForInRequestsOfTheSizeAskedFor(count: Int, batch: Int) {
        let requests = AlertStorm(count: count, batch: batch, model: model).requests
        #expect(requests.reduce(0) { $0 + $1.count } == count)
        #expect(requests.dropLast().allSatisfy { $0.count == batch })
        #expect((requests.last?.count ?? 0) >= 1)
    }

    @Test func aStormIsAboutManyServersAndTroubles() {
        let alerts = AlertStorm(count: 500, batch: 1, model: model).requests.flatMap(\.self)
        #expect(Set(alerts.map(\.assetName)).count == 40)
        #expect(Set(alerts.map(\.signature)).count == 5)
    }

    @Test func everyAnswerIsCountedOnce() {
        var tally = StormTally()
        tally.count(.init(status: 202, body: .null, retryAfter: nil), alerts: 100)
        tally.count(.init(status: 200, body: .null, retryAfter: nil), alerts: 1)
        tally.count(.init(status: 429, body: .null, retryAfter: 7), alerts: 10)
        tally.count(.init(status: 429, body: .null, retryAfter: 3), alerts: 10)
        tally.count(.init(status: 401, body: .null, retryAfter: nil), alerts: 2)
        tally.count(nil, alerts: 5)
        tally.seconds = 2
        #expect(tally.sent == 128)
        #expect(tally.accepted + tally.limited + 2 + tally.unanswered == tally.sent)
        #expect(tally.retryAfter == 7)
        #expect(tally.lines.first == "128 alerts in 2.0 s: 101 accepted (50 a second).")
        #expect(tally.lines.contains("2 were refused with 401."))
        #expect(tally.lines.count == 4)
    }
}
