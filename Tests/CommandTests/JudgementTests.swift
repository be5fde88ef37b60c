import Domain
import Foundation
import Secrets
@testable import Store
import Testing
import ZeroMQ

@testable import Command

@Suite struct JudgementTests {
    private let server = ServerFacts(
        version: "15.20", versionNumber: 150_020, isStandby: false, isFsyncOn: true, isSynchronousCommitOn: true,
        connections: 20, maximumConnections: 200, now: Timestamp(seconds: 0))
    private let idle = Backlog(
        undecidedAlerts: 0, oldestUndecided: nil, dueTimers: 0, oldestDue: nil, mostAttempts: 0, partitionDays: 8,
        oldestTransaction: .zero, clockOffset: .zero)

    private func instance(_ service: String, version: String = "1") -> ServiceInstance {
        ServiceInstance(
            id: UUID().uuidString, service: service, host: "h", pid: 1, version: version, startedAt: 0, heartbeatAt: 0,
            endpoints: [:], curvePublicKey: "")
    }

    @Test func aGoodServerIsWellInEveryWay() {
        #expect(Judgement.server(server).allSatisfy { $0.level == .ok && $0.advice == nil })
    }

    @Test func anOldServerAStandbyAndLostDurabilityFail() {
        var old = server
        old.versionNumber = 130_011
        #expect(Judgement.server(old).first { $0.check == "version" }?.level == .fail)
        var standby = server
        standby.isStandby = true
        #expect(Judgement.server(standby).first { $0.check == "writes" }?.level == .fail)
        var careless = server
        careless.isFsyncOn = false
        #expect(Judgement.server(careless).first { $0.check == "durability" }?.level == .fail)
    }

    @Test func nearlyNoConnectionsLeftIsAWarning() {
        var full = server
        full.connections = 170
        #expect(Judgement.server(full).first { $0.check == "connections" }?.level == .warn)
    }

    @Test func aRoleThatIsMissingOrClosedFailsWithWhatToDo() {
        let good = ["aw_owner", "aw_worker"].map { RoleFacts(name: $0, exists: true, isUsable: true) }
        let missing = Judgement.roles(good + [RoleFacts(name: "aw_console", exists: false, isUsable: false)])
        #expect(missing.level == .fail)
        #expect(missing.advice == "Run `aw migrate apply`.")
        let closed = Judgement.roles(good + [RoleFacts(name: "aw_console", exists: true, isUsable: false)])
        #expect(closed.advice?.contains("GRANT aw_console") == true)
        #expect(Judgement.roles(good).level == .ok)
    }

    @Test func aSchemaThatLacksMigrationsSaysHowToApplyThem() {
        let finding = Judgement.schema(.init(applied: ["a"], pending: ["b"], changed: [], unknown: []))
        #expect(finding.level == .fail)
        #expect(finding.detail == "the database lacks b")
        #expect(finding.advice == "Run `aw migrate apply`.")
        #expect(Judgement.schema(.init(applied: ["a"], pending: [], changed: [], unknown: [])).level == .ok)
    }

    @Test(arguments: [
        (Duration.milliseconds(30), Finding.Level.ok), (.seconds(-1), .ok), (.seconds(5), .warn),
        (.seconds(-5), .warn), (.seconds(120), .fail), (.seconds(-120), .fail),
    ])
    func theFurtherTheClocksAreApartTheWorse(skew: Duration, level: Finding.Level) {
        let findings = Judgement.clock(skew: skew, uncertainty: .milliseconds(1), offset: .zero)
        #expect(findings.map(\.level) == [level])
    }

    @Test func aClockThatTestsMovedIsNoticed() {
        let findings = Judgement.clock(skew: .zero, uncertainty: .zero, offset: .seconds(3600))
        #expect(findings.map(\.level) == [.ok, .warn])
        #expect(findings.last?.detail.contains("60 min") == true)
    }

    @Test func eachServiceThatDoesNotRunFails() {
        let findings = Judgement.fleet([instance("ingest"), instance("ingest"), instance("correlator")])
        #expect(findings.map(\.level) == [.ok, .ok, .fail, .fail])
        #expect(findings.map(\.check) == ["ingest", "correlator", "slawatch", "console"])
        #expect(findings[0].detail == "2 run")
    }

    @Test func twoVersionsTogetherAreAWarning() {
        let findings = Judgement.fleet(Judgement.services.map { instance($0) } + [instance("ingest", version: "2")])
        #expect(findings.map(\.level).filter { $0 != .ok } == [.warn])
    }

    @Test func whatWaitsTooLongIsAWarningThenFails() {
        func level(_ age: Duration) -> Finding.Level? {
            var backlog = idle
            (backlog.undecidedAlerts, backlog.oldestUndecided) = (3, age)
            return Judgement.backlog(backlog).first { $0.check == "undecided alerts" }?.level
        }
        #expect(level(.seconds(1)) == .ok)
        #expect(level(.seconds(11)) == .warn)
        #expect(level(.seconds(121)) == .fail)
        #expect(Judgement.backlog(idle).allSatisfy { $0.level == .ok })
    }

    @Test func aTimerThatFailedSaysHowOften() {
        var backlog = idle
        (backlog.dueTimers, backlog.oldestDue, backlog.mostAttempts) = (1, .seconds(90), 4)
        let finding = Judgement.backlog(backlog).first { $0.check == "due timers" }
        #expect(finding?.level == .fail)
        #expect(finding?.advice?.contains("4 times") == true)
    }

    @Test(arguments: [(0, Finding.Level.fail), (1, .warn), (2, .warn), (3, .ok), (8, .ok)])
    func partitionsRunningOutAreNoticed(days: Int, level: Finding.Level) {
        var backlog = idle
        backlog.partitionDays = days
        #expect(Judgement.backlog(backlog).first { $0.check == "partitions" }?.level == level)
    }

    @Test func theMasterKeyMustOpenEverySecret() throws {
        let old = MasterKeys.generate(id: "k1")
        let new = MasterKeys.generate(id: "k2")
        let sealed = SealedSecret(context: "c", sealed: try MasterKeys(old).seal([1], context: "c"))
        func finding(_ keys: String) throws -> Finding {
            Judgement.secrets([sealed], keys: try MasterKeys(keys), problem: "")
        }
        #expect(try finding(old).level == .ok)
        #expect(try finding("\(new),\(old)").detail.contains("1 are sealed under an older key"))
        #expect(try finding(new).detail.contains("the key k1"))
        #expect(try finding(MasterKeys.generate(id: "k1")).level == .fail)
        #expect(Judgement.secrets([sealed], keys: nil, problem: "not set").detail == "not set")
    }
}
