import Domain
import Foundation
import Postgres

/// Judges and stores many requests in one round trip and one commit; see `aw_accept` in the migrations.
public struct AcceptRequests: Statement {
    private let requests: [AcceptableRequest]

    /// - Parameter requests: In the order in which they are judged; rows come back in this order.
    public init(_ requests: [AcceptableRequest]) {
        self.requests = requests
    }

    public typealias Row = AcceptOutcome
    public static let name = "accept_requests"
    public static let sql = """
        SELECT verdict, alert_ids, remaining, wait_seconds, reset_seconds, rate_per_minute
        FROM aw_accept($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
        """
    public static let parameters: [PostgresType] = [
        .textArray, .textArray, .int8Array, .textArray, .int4Array, .int4Array,
        .uuidArray, .int4Array, .textArray, .textArray, .textArray, .textArray, .textArray, .textArray, .textArray,
        .textArray, .jsonbArray, .jsonbArray, .timestamptzArray, .timestamptzArray, .textArray,
    ]
    public static let columns = [
        Column("verdict", .text), Column("alert_ids", .uuidArray), Column("remaining", .int4),
        Column("wait_seconds", .float8), Column("reset_seconds", .float8), Column("rate_per_minute", .int4),
    ]

    public func bind(_ bindings: inout Bindings) {
        var first: [Int32] = []
        var owners: [Int32] = []
        var next: Int32 = 1
        for (index, request) in requests.enumerated() {
            first.append(next)
            next += Int32(request.alerts.count)
            owners.append(contentsOf: repeatElement(Int32(index + 1), count: request.alerts.count))
        }
        let alerts = requests.flatMap(\.alerts)
        bindings.textArray(requests.map(\.companyID.rawValue))
        bindings.textArray(requests.map(\.integrationID.rawValue))
        bindings.int8Array(requests.map(\.integrationVersion))
        bindings.textArray(requests.map(\.key.text))
        bindings.int4Array(requests.map { Int32($0.alerts.count) })
        bindings.int4Array(first)
        bindings.uuidArray(alerts.map(\.id.rawValue))
        bindings.int4Array(owners)
        bindings.textArray(alerts.map(\.event.effectiveDedupKey))
        bindings.textArray(alerts.map(\.event.kind.rawValue))
        bindings.textArray(alerts.map(\.event.asset))
        bindings.textArray(alerts.map(\.event.signature))
        bindings.textArray(alerts.map(\.event.severity.rawValue))
        bindings.textArray(alerts.map(\.event.originalSeverity))
        bindings.textArray(alerts.map(\.event.message))
        bindings.textArray(alerts.map(\.event.toolSource))
        bindings.jsonbArray(alerts.map { StringJSON.object($0.event.labels) })
        bindings.jsonbArray(alerts.map { StringJSON.array($0.event.links) })
        bindings.instantArray(alerts.map(\.eventAt))
        bindings.instantArray(alerts.map(\.receivedAt))
        bindings.textArray(alerts.map(\.trace))
    }

    public static func decode(_ row: inout RowReader) throws -> AcceptOutcome {
        let verdict = try row.text()
        let ids = try row.uuidArrayOrNil() ?? []
        let remaining = try row.int()
        let wait = try row.float8()
        let reset = try row.float8()
        let limit = try row.intOrNil() ?? 0
        let decided: AcceptVerdict =
            switch verdict {
            case "accepted": .accepted
            case "duplicate": .duplicate(ids.map { AlertID($0) })
            case "limited": .limited(waitSeconds: wait)
            default: .stale
            }
        return AcceptOutcome(
            verdict: decided, rate: RateState(limit: limit, remaining: remaining, resetSeconds: reset))
    }
}

/// JSON of strings, written without a general encoder: this is the hot path.
enum StringJSON {
    static func object(_ values: [String: String]) -> [UInt8] {
        guard !values.isEmpty else { return [0x7b, 0x7d] }
        var out: [UInt8] = [0x7b]
        for (key, value) in values {
            if out.count > 1 { out.append(0x2c) }
            quote(key, into: &out)
            out.append(0x3a)
            quote(value, into: &out)
        }
        out.append(0x7d)
        return out
    }

    static func array(_ values: [String]) -> [UInt8] {
        guard !values.isEmpty else { return [0x5b, 0x5d] }
        var out: [UInt8] = [0x5b]
        for value in values {
            if out.count > 1 { out.append(0x2c) }
            quote(value, into: &out)
        }
        out.append(0x5d)
        return out
    }

    /// RFC 8259, section 7: quotation mark, reverse solidus and the control characters are escaped.
    private static func quote(_ text: String, into out: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        out.append(0x22)
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5c:
                out.append(0x5c)
                out.append(byte)
            case 0..<0x20:
                out.append(contentsOf: [0x5c, 0x75, 0x30, 0x30, digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            default: out.append(byte)
            }
        }
        out.append(0x22)
    }
}
