import Foundation

@testable import Console
@testable import Store

/// Holds a value to a schema of the document: the part of JSON Schema that our documents use.
struct AnswerSchemaCheck {
    let components: [String: Schema]

    /// What does not fit, each with its path; empty when all does.
    func problems(_ value: JSONValue, _ schema: JSONValue, path: String = "$") -> [String] {
        if let reference = schema["$ref"]?.string {
            let name = reference.split(separator: "/").last.map(String.init) ?? ""
            guard let target = components[name] else { return ["\(path): no schema \(name)"] }
            return problems(value, target.json, path: path)
        }
        if let choices = schema["anyOf"]?.array ?? schema["oneOf"]?.array {
            let fits = choices.contains { problems(value, $0, path: path).isEmpty }
            return fits ? [] : ["\(path): fits none of the choices"]
        }
        guard let type = schema["type"]?.string else { return [] }
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("integer", .integer), ("number", .integer), ("number", .number):
            return []
        case ("string", .string(let text)): return string(text, schema, path)
        case ("array", .array(let items)):
            guard let item = schema["items"] else { return [] }
            return items.enumerated().flatMap { problems($1, item, path: "\(path)[\($0)]") }
        case ("object", .object(let fields)): return object(fields, schema, path)
        default: return ["\(path): is no \(type)"]
        }
    }

    private func string(_ text: String, _ schema: JSONValue, _ path: String) -> [String] {
        if let allowed = schema["enum"]?.array, !allowed.contains(.string(text)) {
            return ["\(path): \(text) is not allowed"]
        }
        if schema["format"] == "date-time", text.last != "Z" { return ["\(path): is no UTC time"] }
        return []
    }

    private func object(_ fields: [String: JSONValue], _ schema: JSONValue, _ path: String) -> [String] {
        var found: [String] = []
        for name in schema["required"]?.array ?? [] where fields[name.string ?? ""] == nil {
            found.append("\(path): lacks \(name.string ?? "")")
        }
        let properties = schema["properties"]?.object
        for (name, value) in fields {
            if let property = properties?[name] {
                found += problems(value, property, path: "\(path).\(name)")
            } else if let others = schema["additionalProperties"] {
                found += problems(value, others, path: "\(path).\(name)")
            } else if properties != nil {
                found.append("\(path): has \(name), which the document does not know")
            }
        }
        return found
    }
}
