import Domain

/// Reads the usual body, one plain alert or an array of them, many times faster than a general decoder.
///
/// Reads nothing that it does not understand fully: for every body that is unusual in any way, be it wrong or only rare
/// (fields that we don't know, surrogate pairs, repeated keys), the answer is nil, and the general way decides. So this
/// never refuses, and never takes what the general way would read otherwise.
struct PlainBody {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    /// - Parameter bytes: Valid UTF-8.
    /// - Returns: Nil when in doubt.
    static func events(from bytes: UnsafeRawBufferPointer) -> [AlertEvent]? {
        var body = PlainBody(bytes: bytes)
        guard let events = body.readAll(), body.next() == nil else { return nil }
        return events
    }

    private init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    private mutating func readAll() -> [AlertEvent]? {
        switch next() {
        case UInt8(ascii: "{"):
            position += 1
            return readAlert().map { [$0] }
        case UInt8(ascii: "["):
            position += 1
            var events: [AlertEvent] = []
            repeat {
                guard events.count < GenericSource.maximumAlerts, take("{"), let event = readAlert() else { return nil }
                events.append(event)
            } while take(",")
            return take("]") ? events : nil
        default: return nil
        }
    }

    /// After the opening brace.
    private mutating func readAlert() -> AlertEvent? {
        var (asset, signature, message): (String?, String?, String?)
        var severity: Severity?
        var kind: AlertEvent.Kind?
        var (tool, dedupKey): (String?, String?)
        var timestamp: Timestamp?
        var labels: [String: String]?
        var links: [String]?
        repeat {
            guard let key = readText(maximum: 16), take(":") else { return nil }
            let isRead =
                switch key {
                case "asset_name": asset == nil && set(&asset, readText(maximum: 255))
                case "signature": signature == nil && set(&signature, readText(maximum: 255))
                case "severity": severity == nil && set(&severity, readText(maximum: 16).flatMap(Severity.init))
                case "message": message == nil && set(&message, readText(maximum: 8192))
                case "status": kind == nil && set(&kind, readText(maximum: 16).flatMap(AlertEvent.Kind.init))
                case "tool_source": tool == nil && set(&tool, readText(maximum: 255))
                case "dedup_key": dedupKey == nil && set(&dedupKey, readText(maximum: 512))
                case "timestamp":
                    timestamp == nil && set(&timestamp, readText(maximum: 64).flatMap { Timestamp(rfc3339: $0) })
                case "labels": labels == nil && set(&labels, readLabels())
                case "links": links == nil && set(&links, readLinks())
                default: false
                }
            guard isRead else { return nil }
        } while take(",")
        guard take("}"), let asset, let signature, let severity, let message else { return nil }
        return AlertEvent(
            kind: kind ?? .firing, asset: asset, signature: signature, severity: severity, message: message,
            toolSource: tool ?? "", dedupKey: dedupKey, timestamp: timestamp, labels: labels ?? [:],
            links: links ?? [])
    }

    private func set<Value>(_ place: inout Value?, _ value: Value?) -> Bool {
        place = value
        return value != nil
    }

    private mutating func readLabels() -> [String: String]? {
        guard take("{") else { return nil }
        var labels: [String: String] = [:]
        if take("}") { return labels }
        repeat {
            guard labels.count < 64, let name = readText(maximum: 255), take(":"),
                let value = readText(maximum: 4096, mayBeEmpty: true), labels.updateValue(value, forKey: name) == nil
            else { return nil }
        } while take(",")
        return take("}") ? labels : nil
    }

    private mutating func readLinks() -> [String]? {
        guard take("[") else { return nil }
        var links: [String] = []
        if take("]") { return links }
        repeat {
            guard links.count < 20, let link = readText(maximum: 2048),
                link.hasPrefix("https://") || link.hasPrefix("http://")
            else { return nil }
            links.append(link)
        } while take(",")
        return take("]") ? links : nil
    }

    // MARK: Tokens

    /// The next byte that is no white space; stays in front of it.
    private mutating func next() -> UInt8? {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return byte }
            position += 1
        }
        return nil
    }

    private mutating func take(_ wanted: Unicode.Scalar) -> Bool {
        guard let byte = next(), byte == UInt8(ascii: wanted) else { return false }
        position += 1
        return true
    }

    /// A string whose only escapes are those of one letter.
    ///
    /// - Parameter maximum: Bytes; a longer one may still be right.
    private mutating func readText(maximum: Int, mayBeEmpty: Bool = false) -> String? {
        guard take("\"") else { return nil }
        let start = position
        var escapes = 0
        while position < bytes.count {
            let byte = bytes[position]
            if byte == 0x22 { break }
            guard byte >= 0x20 else { return nil }
            if byte == 0x5c {
                escapes += 1
                position += 1
            }
            position += 1
        }
        guard position < bytes.count, position - start <= maximum, position > start || mayBeEmpty else { return nil }
        let raw = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
        position += 1
        return escapes == 0 ? String(decoding: raw, as: UTF8.self) : Self.unescaped(raw, escapes: escapes)
    }

    private static func unescaped(_ raw: UnsafeRawBufferPointer, escapes: Int) -> String? {
        var out: [UInt8] = []
        out.reserveCapacity(raw.count - escapes)
        var position = 0
        while position < raw.count {
            var byte = raw[position]
            if byte == 0x5c {
                position += 1
                guard let plain = letter(raw[position]) else { return nil }
                byte = plain
            }
            out.append(byte)
            position += 1
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// What an escape of one letter stands for (RFC 8259, section 7).
    private static func letter(_ escape: UInt8) -> UInt8? {
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): escape
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0c
        case UInt8(ascii: "n"): 0x0a
        case UInt8(ascii: "r"): 0x0d
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }
}
