/// The words of a rule's name: `high_cpu_usage`, `InstanceDown`, `EC2StatusCheckFailed`, `cpu.load`.
enum SignatureWords {
    /// Splits at `_ - . / :` and spaces, and where capitals begin a new word. Digits stay with what precedes them.
    ///
    /// Looks at bytes: names of rules are ASCII but for a few, whose other letters count as small ones.
    static func split(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        var words: [String] = []
        var start = 0
        func flush(at end: Int) {
            if start < end { words.append(String(decoding: bytes[start..<end], as: UTF8.self)) }
            start = end
        }
        for (position, byte) in bytes.enumerated() {
            if isSeparator(byte) {
                flush(at: position)
                start = position + 1
            } else if isCapital(byte), position > start {
                let last = bytes[position - 1]
                // "instanceDown", and the S of "HTTPServer" and "EC2Status".
                if isSmall(last) || startsWord(bytes, position) { flush(at: position) }
            }
        }
        flush(at: bytes.count)
        return words
    }

    /// Whether the capital here, which follows a capital or a digit, begins a word: a small letter follows, and not just
    /// the s of a plural such as "VMs".
    private static func startsWord(_ bytes: [UInt8], _ position: Int) -> Bool {
        guard position + 1 < bytes.count, isSmall(bytes[position + 1]) else { return false }
        guard bytes[position + 1] == UInt8(ascii: "s") else { return true }
        return position + 2 < bytes.count && isSmall(bytes[position + 2])
    }

    private static func isSmall(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte) || byte >= 0x80 }
    private static func isCapital(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte) }
    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
    private static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"): true
        default: isSpace(byte)
        }
    }

    /// As a person would write it in a title: `High CPU Usage`. A name with spaces was written by a person and stays,
    /// but for its first letter. At most 120 characters.
    static func title(_ signature: String) -> String {
        var full = ""
        if signature.utf8.contains(where: isSpace) {
            let written = signature.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            full = written.prefix(1).uppercased() + written.dropFirst()
        } else {
            for word in split(signature) {
                if !full.isEmpty { full += " " }
                full += titled(word, isFirst: full.isEmpty)
            }
        }
        if full.isEmpty { return signature }
        return full.utf8.count <= 120 || full.count <= 120 ? full : full.prefix(119) + "…"
    }

    private static func titled(_ word: String, isFirst: Bool) -> String {
        let lower = word.lowercased()
        if let known = fixedForms[lower] { return known }
        if !isFirst, smallWords.contains(lower) { return lower }
        if word.utf8.dropFirst().contains(where: isCapital), word.utf8.contains(where: isSmall) { return word }
        return lower.prefix(1).uppercased() + lower.dropFirst()
    }

    private static let smallWords: Set<String> = [
        "a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "not", "of", "on", "or", "the", "to", "with",
    ]

    /// Words with a spelling of their own, by their small letters.
    private static let fixedForms: [String: String] = {
        let acronyms = """
            ACL ALB AMI API ARP AWS BGP CDN CLI CPU CRC CSS DB DHCP DNS EBS EC2 ECS EFS EKS ELB EOF FTP GC GCP GPU HDD \
            HTML HTTP HTTPS IAM ICMP ID IMAP IO IOPS IP IPMI ISP JSON JVM KMS LAN LB LDAP LDAPS MTU NAS NAT NFS NIC NLB \
            NTP OID OOM OS OSPF PDU POP3 PSU QPS RAID RAM RDP RDS RPC RPM RTT S3 SAN SAS SFTP SLA SLO SMB SMS SMTP SNMP \
            SNS SQL SQS SSD SSH SSL SSM SSO TCP TLS TTL UDP UPS URI URL USB UTC VLAN VM VPC VPN WAF WAN WMI XML \
            APIs CPUs DBs GPUs HDDs IDs IPs LBs NICs SSDs URIs URLs VMs VPNs \
            DDoS NVMe MySQL PostgreSQL MongoDB DynamoDB MariaDB RabbitMQ GitHub GitLab WiFi
            """
        return Dictionary(acronyms.split(separator: " ").map { ($0.lowercased(), String($0)) }) { first, _ in first }
    }()
}
