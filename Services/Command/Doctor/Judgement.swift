import Domain
import Secrets
import Store
import ZeroMQ

/// What the facts mean. Pure: reads no clock and asks nobody.
enum Judgement {
    /// The services that every installation needs.
    static let services = ["ingest", "correlator", "slawatch", "console"]

    static func server(_ facts: ServerFacts) -> [Finding] {
        var findings: [Finding] = []
        let version = "PostgreSQL \(facts.version)"
        if facts.versionNumber < 140_000 {
            findings.append(
                Finding("version", .fail, version, advice: "At least 14 is needed; 15 or later is what is tested."))
        } else {
            findings.append(Finding("version", .ok, version))
        }
        if facts.isStandby {
            findings.append(
                Finding(
                    "writes", .fail, "the server is a standby and takes no writes",
                    advice: "Name all hosts in AW_DATABASE_URL; the one that takes writes is used."))
        } else if !facts.isFsyncOn || !facts.isSynchronousCommitOn {
            findings.append(
                Finding(
                    "durability", .fail, "fsync or synchronous_commit is off, so accepted alerts can be lost",
                    advice: "Set both to on in postgresql.conf and reload."))
        } else {
            findings.append(Finding("durability", .ok, "fsync and synchronous_commit are on"))
        }
        let used = "\(facts.connections) of \(facts.maximumConnections) connections are in use"
        let isFull = facts.connections * 10 > facts.maximumConnections * 8
        findings.append(
            Finding(
                "connections", isFull ? .warn : .ok, used,
                advice: isFull ? "Raise max_connections, or lower AW_DATABASE_CONNECTIONS." : nil))
        return findings
    }

    static func roles(_ roles: [RoleFacts]) -> Finding {
        let missing = roles.filter { !$0.exists }.map(\.name)
        let closed = roles.filter { $0.exists && !$0.isUsable }.map(\.name)
        if !missing.isEmpty {
            return Finding(
                "roles", .fail, "\(missing.joined(separator: ", ")) are missing", advice: "Run `aw migrate apply`.")
        }
        if !closed.isEmpty {
            let list = closed.joined(separator: ", ")
            return Finding(
                "roles", .fail, "the user of AW_DATABASE_URL may not act as \(list)",
                advice: "As an administrator of the database: GRANT \(list) TO that user.")
        }
        return Finding("roles", .ok, "aw_owner, aw_worker and aw_console can be used")
    }

    static func schema(_ status: Migrator.Status) -> Finding {
        guard let error = status.error else {
            return Finding("schema", .ok, "\(status.applied.count) migrations are applied, checksums fit")
        }
        let detail = "\(error)".split(separator: ": ", maxSplits: 1).map(String.init)
        return Finding("schema", .fail, detail[0], advice: detail.count > 1 ? sentence(detail[1]) : nil)
    }

    private static func sentence(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst() + "."
    }

    /// - Parameters:
    ///   - skew: This machine's clock less the database's.
    ///   - uncertainty: Half of the round trip that measured it.
    static func clock(skew: Duration, uncertainty: Duration, offset: Duration) -> [Finding] {
        let size = skew < .zero ? .zero - skew : skew
        let detail =
            size <= uncertainty + .milliseconds(50)
            ? "this machine and the database agree"
            : "this machine is \(text(size)) \(skew < .zero ? "behind" : "ahead of") the database"
        let level: Finding.Level = size > .seconds(60) ? .fail : size > .seconds(2) ? .warn : .ok
        var findings = [
            Finding(
                "clock", level, detail,
                advice: level == .ok
                    ? nil : "Let both keep time by NTP; signatures older than 5 minutes are refused.")
        ]
        if offset != .zero {
            findings.append(
                Finding(
                    "clock offset", .warn, "the clock of all processes is moved by \(text(offset))",
                    advice: "Tests do this. Elsewhere, as aw_owner: DELETE FROM clock_offset."))
        }
        return findings
    }

    static func fleet(_ instances: [ServiceInstance]) -> [Finding] {
        var findings = services.map { service in
            let count = instances.count { $0.service == service }
            return count == 0
                ? Finding(
                    service, .fail, "none runs",
                    advice: "Start one; scripts/up starts all. Its log says why when it does not stay.")
                : Finding(service, .ok, count == 1 ? "1 runs" : "\(count) run")
        }
        let versions = Set(instances.map(\.version)).sorted()
        if versions.count > 1 {
            findings.append(
                Finding(
                    "versions", .warn, "instances of \(versions.joined(separator: " and ")) run together",
                    advice: "Fine during an upgrade; restart the older ones."))
        }
        return findings
    }

    static func backlog(_ backlog: Backlog) -> [Finding] {
        [
            waiting(
                "undecided alerts", backlog.undecidedAlerts, age: backlog.oldestUndecided, warn: .seconds(10),
                fail: .seconds(120), advice: "Is a Correlator running, and does its log name an error?"),
            waiting(
                "due timers", backlog.dueTimers, age: backlog.oldestDue, warn: .seconds(5), fail: .seconds(60),
                advice: backlog.mostAttempts > 0
                    ? "One failed \(backlog.mostAttempts) times; the log of SLAWatch says why."
                    : "Is SLAWatch running, and does its log name an error?"),
            backlog.oldestTransaction > .seconds(60)
                ? Finding(
                    "journal", .warn,
                    "a transaction has been open for \(text(backlog.oldestTransaction)), and live views wait for it",
                    advice: "Find it in pg_stat_activity; pg_terminate_backend ends it.")
                : Finding("journal", .ok, "readers are up to date"),
            partitions(days: backlog.partitionDays),
        ]
    }

    private static func waiting(
        _ check: String, _ count: Int, age: Duration?, warn: Duration, fail: Duration, advice: String
    ) -> Finding {
        guard count > 0, let age else { return Finding(check, .ok, "none waits") }
        let level: Finding.Level = age > fail ? .fail : age > warn ? .warn : .ok
        return Finding(
            check, level, "\(count) wait, the oldest for \(text(age))", advice: level == .ok ? nil : advice)
    }

    private static func partitions(days: Int) -> Finding {
        let level: Finding.Level = days < 1 ? .fail : days < 3 ? .warn : .ok
        return Finding(
            "partitions", level, days == 0 ? "today's are missing" : "there for \(days) days, today included",
            advice: level == .ok ? nil : "SLAWatch makes them every hour: is it running?")
    }

    /// - Parameter keys: Nil when `AW_MASTER_KEY` is not set or can't be read, for which `problem` says why.
    static func secrets(_ secrets: [SealedSecret], keys: MasterKeys?, problem: String) -> Finding {
        guard let keys else {
            return Finding("master key", .fail, problem, advice: "Set the key that the services use.")
        }
        var stale = 0
        for secret in secrets {
            do {
                _ = try keys.open(secret.sealed, context: secret.context)
            } catch MasterKeys.OpenError.unknownKey(let id) {
                return Finding(
                    "master key", .fail, "a secret is sealed under the key \(id), which AW_MASTER_KEY lacks",
                    advice: "Put that key back at the end of AW_MASTER_KEY.")
            } catch {
                return Finding(
                    "master key", .fail, "a stored secret does not open (\(secret.context))",
                    advice: "AW_MASTER_KEY is not the one that sealed it, or the row was changed. Rotate that secret.")
            }
            if keys.isStale(secret.sealed) { stale += 1 }
        }
        return Finding(
            "master key", .ok,
            "opens all \(secrets.count) stored secrets"
                + (stale > 0 ? "; \(stale) are sealed under an older key, which must stay" : ""))
    }

    /// `1.5 s`, `3 min`, `2 h`.
    static func text(_ duration: Duration) -> String {
        let seconds = duration.inSeconds
        return switch abs(seconds) {
        case ..<10: "\((seconds * 10).rounded() / 10) s"
        case ..<120: "\(Int(seconds)) s"
        case ..<7200: "\(Int(seconds / 60)) min"
        default: "\(Int(seconds / 3600)) h"
        }
    }
}
