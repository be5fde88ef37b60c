import Foundation
import Store
import Testing

@Suite struct JSONParserTests {
    private func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8)) }

    @Test("values read as they were written")
    func reads() throws {
        let value = try parse(
            #" {"a": [1, -2.5e1, true, null, "x\n\u00e9\ud83d\ude00\/"], "b": {}, "c": 9223372036854775808} "#)
        #expect(value["a"] == [1, .number(-25), true, nil, "x\né😀/"])
        #expect(value["b"] == .object([:]))
        #expect(value["c"] == .number(9_223_372_036_854_775_808))
    }

    @Test(
        "what is not JSON is refused",
        arguments: [
            "", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "01", "1.", ".5", "+1", "1e", "tru", "nul", "\"\u{01}\"",
            "\"\\x\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"open", "[1] 2", "1e999",
        ])
    func refuses(text: String) {
        #expect(throws: JSONParseError.self) { try parse(text) }
    }

    @Test("nesting is limited, whatever is nested")
    func depth() throws {
        let deepest = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        _ = try parse(deepest)
        #expect(throws: JSONParseError.tooDeep) { try parse("[" + deepest + "]") }
        #expect(throws: JSONParseError.tooDeep) { try parse(String(repeating: "{\"a\":", count: 100_000)) }
    }

    @Test("it agrees with Foundation on what our own encoder writes")
    func agrees() throws {
        let text = #"{"list":[0,1.5,"\"\\\u0001"],"nested":{"deep":[[[]]]},"t":true}"#
        let ours = try parse(text)
        let theirs = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        #expect(ours == theirs)
        #expect(try parse(ours.text) == ours)
    }
}
