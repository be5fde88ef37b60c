/// The words of a rule's name: `high_cpu_usage`, `InstanceDown`, `EC2StatusCheckFailed`, `cpu.load`.
enum SignatureWords {
    /// Splits at `_ - . / :` and spaces, and where capitals begin a new word. Digits stay with what precedes them.
    static func split(_ text: String) -> [String] {
        var words: [String] = []
        var word: [Character] = []
        let characters = Array(text)
        func flush() {
            if !word.isEmpty { words.append(String(word)) }
            word = []
        }
        for (position, character) in characters.enumerated() {
            if separators.contains(character) || character.isWhitespace {
                flush()
                continue
            }
            if character.isUppercase, let last = word.last {
                let nextIsLower = position + 1 < characters.count && characters[position + 1].isLowercase
                // "instanceDown", and the S of "HTTPServer", "EC2Status"; not the s of "VMs".
                let startsWord = !isPluralEnd(characters, position + 1) && nextIsLower
                if last.isLowercase || ((last.isUppercase || last.isNumber) && startsWord) { flush() }
            }
            word.append(character)
        }
        flush()
        return words
    }

    private static func isPluralEnd(_ characters: [Character], _ position: Int) -> Bool {
        guard position < characters.count, characters[position] == "s" else { return false }
        return position + 1 == characters.count || !characters[position + 1].isLowercase
    }

    private static let separators: Set<Character> = ["_", "-", ".", "/", ":"]

    /// As a person would write it in a title: `High CPU Usage`. A name with spaces was written by a person and stays,
    /// but for its first letter. At most 120 characters.
    static func title(_ signature: String) -> String {
        let trimmed = String(signature.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        let full: String
        if trimmed.contains(where: \.isWhitespace) {
            full = trimmed.prefix(1).uppercased() + trimmed.dropFirst()
        } else {
            let words = split(trimmed)
            full = words.enumerated().map { titled($1, isFirst: $0 == 0) }.joined(separator: " ")
        }
        if full.isEmpty { return signature }
        return full.count <= 120 ? full : full.prefix(119) + "…"
    }

    private static func titled(_ word: String, isFirst: Bool) -> String {
        let lower = word.lowercased()
        if let known = fixedForms[lower] { return known }
        if lower.hasSuffix("s"), let known = fixedForms[String(lower.dropLast())], known == known.uppercased() {
            return known + "s"
        }
        if !isFirst, smallWords.contains(lower) { return lower }
        if word.dropFirst().contains(where: \.isUppercase), word.contains(where: \.isLowercase) { return word }
        return lower.prefix(1).uppercased() + lower.dropFirst()
    }

    private static let smallWords: Set<String> = [
        "a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "not", "of", "on", "or", "the", "to", "with",
    ]

    /// Words with a spelling of their own.
    private static let fixedForms: [String: String] = {
        var forms: [String: String] = [:]
        let acronyms =
            "ACL ALB AMI API ARP AWS AZ BGP CDN CLI CPU CRC CSS DB DDOS DHCP DNS EBS EC2 ECS EFS EKS ELB EOF FTP GC GCP GPU"
            + " HA HDD HTML HTTP HTTPS I/O IAM ICMP ID IMAP IO IOPS IP IPMI ISP JSON JVM KMS LAN LB LDAP LDAPS MTU NAS NAT NFS"
            + " NIC NLB NTP NVME OID OOM OS OSPF PDU POP3 PSU QPS RAID RAM RDP RDS REST RPC RPM RTT S3 SAN SAS SFTP SLA SLO"
            + " SMB SMS SMTP SNMP SNS SQL SQS SSD SSH SSL SSO SSM TCP TLS TTL UDP UPS URI URL USB UTC VLAN VM VPC VPN WAF WAN"
            + " WMI XML"
        for acronym in acronyms.split(separator: " ") { forms[acronym.lowercased()] = String(acronym) }
        for word in ["MySQL", "PostgreSQL", "MongoDB", "DynamoDB", "MariaDB", "RabbitMQ", "GitHub", "GitLab", "WiFi"] {
            forms[word.lowercased()] = word
        }
        forms["ddos"] = "DDoS"
        forms["iops"] = "IOPS"
        forms["nvme"] = "NVMe"
        return forms
    }()
}
