import Foundation
import HTTPTypes
import Testing

@testable import Console
@testable import Store

@Suite struct DocumentTests {
    @Test func theDocumentDescribesEveryRoute() async throws {
        try await ConsoleFixture.with { console in
            let answer = try await console.send(.get, "/api/openapi.json")
            #expect(answer.status == 200)
            #expect(answer.json["openapi"] == "3.1.0")
            var operations: Set<String> = []
            for route in console.registry.routes {
                let operation = try #require(
                    answer.json["paths"]?[route.path]?[route.method.rawValue.lowercased()],
                    "\(route.method) \(route.path)")
                let id = try #require(operation["operationId"]?.string)
                #expect(operations.insert(id).inserted, "two operations are called \(id)")
                #expect(operation["responses"]?[String(route.success.status.code)] != nil)
                for name in route.pathParameters {
                    let named = operation["parameters"]?.array?.contains {
                        $0["name"]?.string == name && $0["in"] == "path" && $0["required"] == true
                    }
                    #expect(named == true)
                }
                if route.body != nil {
                    #expect(operation["requestBody"]?["content"]?["application/json"]?["example"] != nil)
                }
                #expect((operation["security"] == []) == !route.needsSignIn)
            }
        }
    }

    @Test func everyReferenceLeadsSomewhere() async throws {
        try await ConsoleFixture.with { console in
            let text = try await console.send(.get, "/api/openapi.json").json.text
            for part in text.components(separatedBy: "#/components/schemas/").dropFirst() {
                let name = String(part.prefix { $0 != "\"" })
                #expect(Schemas.all[name] != nil, "there is no schema \(name)")
            }
        }
    }

    @Test func theExamplesFitTheirSchemas() async throws {
        try await ConsoleFixture.with { console in
            let check = AnswerSchemaCheck(components: Schemas.all)
            for route in console.registry.routes {
                guard let body = route.body else { continue }
                #expect(check.problems(body.example, body.schema.json) == [], "\(route.method) \(route.path)")
            }
        }
    }
}
