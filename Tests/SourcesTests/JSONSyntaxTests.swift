import Foundation
import Testing

@testable import Sources

@Suite struct JSONSyntaxTests {
    private func verdict(_ bytes: [UInt8]) -> JSONSyntax.Verdict {
        bytes.withUnsafeBytes { JSONSyntax.check($0, maximumDepth: 64) }
    }

    @Test(
        "everything that RFC 8259 allows is valid",
        arguments: [
            "{}", "[]", " [ ] ", "null", "true", "false", "0", "-0", "-1.5e+10", "1E-2", "\"\"", "\"\\u00e9\\n\\/\"",
            "\"\\ud83d\\ude00\"", "{\"a\":{\"b\":[1,{}]},\"c\":null}", "[[],[[]]]",
            "\n{\t\"a\" : 1 , \"b\" : [ ] }\r\n",
            "{\"a\":1,\"a\":2}", "[1e400]",
        ])
    func valid(_ text: String) {
        #expect(verdict(Array(text.utf8)) == .valid)
    }

    @Test(
        "everything else is not",
        arguments: [
            "", " ", "{", "}", "[", "]", "[1,]", "[,1]", "[1 2]", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",
            "{1:2}", "[}", "{]", "[{]}", "1 2", "{}{}", "nul", "True", "truex", "01", "+1", ".5", "1.", "1e", "1e+",
            "-",
            "0x10", "NaN", "Infinity", "'a'", "\"", "\"\\\"", "\"\\x41\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"",
            "\"\\ud800\\u0041\"", "\"\\udc00\\ud800\"", "\"\n\"", "\"\u{0}\"", "\u{feff}{}", "// a\n1", "{\"a\" 1}",
            "[1:2]",
        ])
    func invalid(_ text: String) {
        #expect(verdict(Array(text.utf8)) == .invalid)
    }

    @Test("nesting is allowed up to the limit, and what is nested deeper is told apart, however deep")
    func depth() {
        func brackets(_ count: Int) -> [UInt8] {
            Array(repeating: UInt8(ascii: "["), count: count) + Array(repeating: UInt8(ascii: "]"), count: count)
        }
        #expect(verdict(brackets(64)) == .valid)
        #expect(verdict(brackets(65)) == .tooDeep)
        #expect(verdict(Array(String(repeating: "{\"a\":", count: 500_000).utf8)) == .tooDeep)
        #expect(verdict(Array("\"\(String(repeating: "[", count: 500))\"".utf8)) == .valid)
    }
}
