/// What kind of problem an alert speaks of: decides the texts of the insight and the skills that an incident asks for.
public enum SignatureFamily: String, Sendable, Codable, CaseIterable {
    case certificate, backup, security, disk, memory, cpu, database, network
    case serviceDown = "service_down"
    case cloud, other

    /// The family of a rule. Its name counts first; only a name that says nothing leaves it to the message.
    ///
    /// Where words of several families occur the more specific one wins, in the order of the cases: `mysql_disk_full` is
    /// about a disk, `ssl_certificate_backup` about a certificate.
    public static func of(signature: String, message: String = "") -> SignatureFamily {
        classify(signature) ?? classify(message) ?? .other
    }

    private static func classify(_ text: String) -> SignatureFamily? {
        if text.isEmpty { return nil }
        // Messages can be long; what they are about is said at the start.
        let words = SignatureWords.split(String(text.prefix(512)))
        var best: Int?
        for word in words {
            let bare = word.lowercased().filter { $0.isLetter || $0.isNumber }
            if let rank = ranks[bare], rank < best ?? .max { best = rank }
        }
        return best.map { allCases[$0] }
    }

    /// Position in `allCases` by word.
    private static let ranks: [String: Int] = {
        var ranks: [String: Int] = [:]
        for (rank, family) in allCases.enumerated() {
            for word in family.words.split(separator: " ") where ranks[String(word)] == nil {
                ranks[String(word)] = rank
            }
        }
        return ranks
    }()

    private var words: String {
        switch self {
        case .certificate: "certificate certificates cert certs ssl tls x509"
        case .backup: "backup backups snapshot snapshots restore veeam restic"
        case .security:
            "security intrusion malware virus ransomware brute bruteforce unauthorized unauthorised login logins firewall ids"
                + " ips ddos attack exploit vulnerability cve phishing audit auditd guardduty"
        case .disk: "disk disks filesystem inode inodes storage volume volumes raid smart ebs iops partition space"
        case .memory: "memory mem ram oom swap heap pagefile leak"
        case .cpu: "cpu cpus processor load loadavg throttling steal iowait"
        case .database:
            "database databases db sql mysql mariadb postgres postgresql mongo mongodb redis rds replication replica deadlock"
                + " deadlocks oracle mssql cassandra elasticsearch query queries dynamodb aurora"
        case .network:
            "network networking packet packets latency dns ping icmp bandwidth interface link vpn bgp ospf switch router"
                + " connectivity unreachable timeout timeouts nic dhcp traffic rtt jitter ntp"
        case .serviceDown:
            "service services down instance process daemon crash crashed crashing crashloopbackoff crashlooping unavailable"
                + " http https 5xx 500 502 503 504 heartbeat health healthcheck restart restarted restarts offline stopped up"
                + " endpoint website site api nginx apache iis pod unhealthy"
        case .cloud:
            "cloud aws azure gcp ec2 s3 lambda elb alb nlb sqs sns ecs eks autoscaling quota billing cost iam cloudwatch vpc"
        case .other: ""
        }
    }
}
