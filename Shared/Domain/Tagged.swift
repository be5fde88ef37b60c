/// A raw value that carries the type of thing it identifies, so that an alert id can't be passed as an incident id.
public struct Tagged<Tag, RawValue> {
    public var rawValue: RawValue

    public init(_ rawValue: RawValue) {
        self.rawValue = rawValue
    }
}

extension Tagged: Sendable where RawValue: Sendable {}
extension Tagged: Equatable where RawValue: Equatable {}
extension Tagged: Hashable where RawValue: Hashable {}

extension Tagged: Comparable where RawValue: Comparable {
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Tagged: CustomStringConvertible where RawValue: CustomStringConvertible {
    public var description: String { rawValue.description }
}

extension Tagged: Decodable where RawValue: Decodable {
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(RawValue.self))
    }
}

extension Tagged: Encodable where RawValue: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

extension Tagged: ExpressibleByUnicodeScalarLiteral where RawValue == String {
    public init(unicodeScalarLiteral value: String) { self.init(value) }
}

extension Tagged: ExpressibleByExtendedGraphemeClusterLiteral where RawValue == String {
    public init(extendedGraphemeClusterLiteral value: String) { self.init(value) }
}

extension Tagged: ExpressibleByStringLiteral where RawValue == String {
    public init(stringLiteral value: String) { self.init(value) }
}
