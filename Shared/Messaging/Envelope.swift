import Domain
import Foundation

/// What a message on the bus looks like: `{id, type, version, produced_at, company_id, trace, payload}`.
///
/// Messages are wake-ups: safe to lose and to repeat. Readers ignore fields that they don't know.
public struct Envelope<Payload: MessagePayload>: Sendable, Codable {
    public var id: String
    public var type: String
    public var version: Int
    public var producedAt: Timestamp
    public var companyID: CompanyID
    public var trace: String
    public var payload: Payload

    public init(
        id: String, producedAt: Timestamp, companyID: CompanyID, trace: String, payload: Payload
    ) {
        self.id = id
        self.type = Payload.type
        self.version = Payload.version
        self.producedAt = producedAt
        self.companyID = companyID
        self.trace = trace
        self.payload = payload
    }

    enum CodingKeys: String, CodingKey {
        case id, type, version
        case producedAt = "produced_at"
        case companyID = "company_id"
        case trace, payload
    }

    /// The second frame of the message.
    public func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }

    /// - Throws: `DecodingError` when the frame is something else, or of another type.
    public static func decoded(_ frame: [UInt8]) throws -> Self {
        let envelope = try JSONDecoder().decode(Self.self, from: Data(frame))
        guard envelope.type == Payload.type else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: [CodingKeys.type], debugDescription: "expected \(Payload.type)"))
        }
        return envelope
    }
}

/// The content of one type of message. Fields are only ever added.
public protocol MessagePayload: Sendable, Codable {
    static var type: String { get }
    static var version: Int { get }
}
