import HTTPTypes
import Store

/// The OpenAPI 3.1 document, made of the routes.
struct OpenAPIDocument: Sendable {
    let registry: RouteRegistry
    let schemas: [String: Schema]
    let version: String

    var json: JSONValue {
        var paths: [String: JSONValue] = [:]
        for route in registry.routes {
            var item = paths[route.path]?.object ?? [:]
            item[route.method.rawValue.lowercased()] = operation(route)
            paths[route.path] = .object(item)
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Alert Whisperer", "version": .string(version),
                "description": "Alerts, incidents and the settings of companies. Times are RFC 3339 UTC.",
            ],
            "paths": .object(paths),
            "components": [
                "schemas": .object(schemas.mapValues(\.json)),
                "securitySchemes": [
                    "bearer": [
                        "type": "http", "scheme": "bearer",
                        "description": "An access token of POST /api/auth/login, or an API token.",
                    ],
                    "session": [
                        "type": "apiKey", "in": "cookie", "name": .string(SessionCookies.session),
                        "description": "Unsafe methods also need the header X-CSRF-Token.",
                    ],
                ],
            ],
        ]
    }

    private func operation(_ route: Route) -> JSONValue {
        var fields: [String: JSONValue] = [
            "summary": .string(route.summary), "tags": [.string(route.tag)],
            "operationId": .string(Self.operationID(route)),
            "parameters": .array(parameters(route)),
            "responses": .object(
                Dictionary(
                    route.statuses.map { (String($0), response(route, status: $0)) }, uniquingKeysWith: { $1 })),
            "security": route.needsSignIn ? [["bearer": []], ["session": []]] : [],
            "x-aw-scope": .string(Self.scope(route.permission)),
        ]
        if case .roles(let roles) = route.permission.audience {
            fields["x-aw-roles"] = .strings(roles.map(\.rawValue).sorted())
        }
        if let body = route.body {
            fields["requestBody"] = [
                "required": .bool(body.isRequired),
                "content": ["application/json": ["schema": body.schema.json, "example": body.example]],
            ]
        }
        return .object(fields)
    }

    private func parameters(_ route: Route) -> [JSONValue] {
        var all = route.pathParameters.map { name -> JSONValue in
            [
                "name": .string(name), "in": "path", "required": true,
                "schema": name == "section" ? Schema.string().json : Schema.string(1...300).json,
            ]
        }
        all += route.query.map { parameter in
            [
                "name": .string(parameter.name), "in": "query", "required": false,
                "description": .string(parameter.description), "schema": parameter.schema.json,
            ]
        }
        if route.isUnsafe, route.needsSignIn {
            all.append(header("Idempotency-Key", "Makes a repeat of the request change nothing.", .string(1...200)))
        }
        if route.refusals.contains(where: { if case .version = $0 { true } else { false } }) {
            all.append(header("If-Match", "The ETag that was read: 412 when it changed since.", .string()))
        }
        return all
    }

    private func header(_ name: String, _ description: String, _ schema: Schema) -> JSONValue {
        [
            "name": .string(name), "in": "header", "required": false, "description": .string(description),
            "schema": schema.json,
        ]
    }

    private func response(_ route: Route, status: Int) -> JSONValue {
        guard status == route.success.status.code else {
            return [
                "description": .string(HTTPResponse.Status(code: status).reasonPhrase),
                "content": ["application/problem+json": ["schema": Schema.named("Problem").json]],
            ]
        }
        var fields: [String: JSONValue] = ["description": .string(route.summary)]
        if let schema = route.success.schema {
            fields["content"] = .object([
                route.success.contentType ?? "application/json": ["schema": schema.json]
            ])
        }
        return .object(fields)
    }

    private static func operationID(_ route: Route) -> String {
        let words = route.path.split(separator: "/").dropFirst().map { part in
            part.hasPrefix("{") ? "by_" + part.dropFirst().dropLast() : part.replacing("-", with: "_")
        }
        return ([route.method.rawValue.lowercased()] + words.map(String.init)).joined(separator: "_")
            .replacing(".", with: "_")
    }

    private static func scope(_ permission: Permission) -> String {
        switch permission.scope {
        case .none: "none"
        case .companyInPath: "company_in_path"
        case .companyInQuery: "company_in_query"
        case .item(let kind): "item:\(kind.rawValue)"
        }
    }
}
