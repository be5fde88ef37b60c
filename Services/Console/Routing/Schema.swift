import Store

/// What a value of the API looks like, in the JSON Schema of OpenAPI 3.1. Built once at start.
public struct Schema: Sendable, Equatable {
    public var json: JSONValue

    public init(_ json: JSONValue) {
        self.json = json
    }

    static func string(
        _ length: ClosedRange<Int>? = nil, format: String? = nil, pattern: String? = nil, _ description: String? = nil
    ) -> Schema {
        var fields: [String: JSONValue] = ["type": "string"]
        if let length {
            fields["minLength"] = .integer(length.lowerBound)
            fields["maxLength"] = .integer(length.upperBound)
        }
        if let format { fields["format"] = .string(format) }
        if let pattern { fields["pattern"] = .string(pattern) }
        if let description { fields["description"] = .string(description) }
        return Schema(.object(fields))
    }

    static let time = Schema.string(format: "date-time")

    static func choice(_ values: [String], _ description: String? = nil) -> Schema {
        var fields: [String: JSONValue] = ["type": "string", "enum": .strings(values)]
        if let description { fields["description"] = .string(description) }
        return Schema(.object(fields))
    }

    static func integer(_ range: ClosedRange<Int>? = nil, _ description: String? = nil) -> Schema {
        var fields: [String: JSONValue] = ["type": "integer"]
        if let range {
            fields["minimum"] = .integer(range.lowerBound)
            fields["maximum"] = .integer(range.upperBound)
        }
        if let description { fields["description"] = .string(description) }
        return Schema(.object(fields))
    }

    static let number = Schema(["type": "number"])
    static let boolean = Schema(["type": "boolean"])
    static let anyObject = Schema(["type": "object"])

    static func list(of item: Schema, maximum: Int? = nil) -> Schema {
        var fields: [String: JSONValue] = ["type": "array", "items": item.json]
        if let maximum { fields["maxItems"] = .integer(maximum) }
        return Schema(.object(fields))
    }

    /// An object whose values all look alike.
    static func map(of value: Schema) -> Schema {
        Schema(["type": "object", "additionalProperties": value.json])
    }

    /// Null, or a value of this kind.
    var orNull: Schema { Schema(["anyOf": [json, ["type": "null"]]]) }

    /// - Parameter optional: Names that may be missing; all others are always there.
    static func object(_ fields: [(String, Schema)], optional: Set<String> = []) -> Schema {
        let properties = fields.map { ($0.0, $0.1.json) }
        var json: [String: JSONValue] = [
            "type": "object", "properties": .object(Dictionary(properties, uniquingKeysWith: { $1 })),
        ]
        let required = fields.map(\.0).filter { !optional.contains($0) }
        if !required.isEmpty { json["required"] = .strings(required) }
        return Schema(.object(json))
    }

    /// An object whose fields may all be missing.
    static func changes(_ fields: [(String, Schema)]) -> Schema {
        object(fields, optional: Set(fields.map(\.0)))
    }

    /// A page of a list.
    static func page(of item: Schema) -> Schema {
        object([("items", list(of: item)), ("next_cursor", string().orNull)])
    }

    /// Refers to a schema under `components`.
    static func named(_ name: String) -> Schema { Schema(["$ref": .string("#/components/schemas/\(name)")]) }
}
