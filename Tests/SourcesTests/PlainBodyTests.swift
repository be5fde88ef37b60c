import Domain
import Foundation
import Testing

@testable import Sources

@Suite struct PlainBodyTests {
    private func plain(_ text: String) -> [AlertEvent]? {
        Data(text.utf8).withUnsafeBytes { PlainBody.events(from: $0) }
    }

    @Test("the usual bodies are read the quick way")
    func readsUsualBodies() {
        let one = #"{"asset_name":"web-1","signature":"high_cpu","severity":"high","message":"CPU \"95\" %\n"}"#
        #expect(plain(one)?.first?.message == "CPU \"95\" %\n")
        #expect(plain("[\(one), \(one)]")?.count == 2)
        let full = """
             { "severity" : "low", "asset_name":"ü-1","signature":"s","message":"m","tool_source":"Datadog",
            "status":"resolved","dedup_key":"k","timestamp":"2026-01-01T08:15:30Z","labels":{"a":"","b":"c"},
            "links":["https://example.com/1"]}
            """
        let event = plain(full)?.first
        #expect(event?.kind == .resolved)
        #expect(event?.labels == ["a": "", "b": "c"])
        #expect(event?.links == ["https://example.com/1"])
        #expect(event?.timestamp == Timestamp(rfc3339: "2026-01-01T08:15:30Z"))
    }

    @Test(
        "what is unusual is left to the general way",
        arguments: [
            "", "[]", "{}", "null", "\u{feff}{}", #"{"asset_name":"a","signature":"s","severity":"high"}"#,
            #"{"asset_name":"a","signature":"s","severity":"high","message":"m"} x"#,
            #"{"asset_name":"a","signature":"s","severity":"high","message":"m",}"#,
            #"[{"asset_name":"a","signature":"s","severity":"high","message":"m"},]"#,
            #"{"asset_name":"a","signature":"s","severity":"high","message":"m","other":1}"#,
            #"{"asset_name":"a","asset_name":"b","signature":"s","severity":"high","message":"m"}"#,
            #"{"asset_name":"a","signature":"s","severity":"urgent","severity":"high","message":"m"}"#,
            #"{"asset_name":"a","signature":"s","severity":"high","message":"\u0000"}"#,
            #"{"asset_name":"a","signature":"s","severity":"high","message":"m","labels":{"a":"1","a":"2"}}"#,
            #"{"asset_name":"a","signature":"s","severity":"high","message":"m","links":["ftp://x"]}"#,
            #"{"asset_name":"a","signature":"s","severity":"high","message":"m\"#,
            "{\"asset_name\":\"a\n,\"asset_name\":\"b\",\"signature\":\"s\",\"severity\":\"high\",\"message\":\"m\"}",
        ])
    func leavesUnusual(_ text: String) {
        #expect(plain(text) == nil)
    }

    @Test("whatever happens to a body, the quick way reads it as the general way does, or not at all")
    func agreesWithTheGeneralWay() {
        var random = SplitMix(state: 7)
        let seeds = [
            #"{"asset_name":"web-1","signature":"high_cpu","severity":"high","message":"CPU \u00e9 \"95\" \\ %"}"#,
            #"[{"asset_name":"a","signature":"s","severity":"low","message":"m","labels":{"a":"b","c":"d"}},"#
                + #"{"asset_name":"b","signature":"t","severity":"critical","message":"n","status":"firing"}]"#,
            #"{"asset_name":"a","signature":"s","severity":"high","message":"m","tool_source":"T","dedup_key":"k","#
                + #""timestamp":"2026-01-01T08:15:30.5+02:00","links":["http://x"],"status":"resolved"}"#,
        ].map { Array($0.utf8) }
        let pieces = [
            "\"", "\\", ",", ":", "{", "}", "[", "]", " ", "\n", "null", "1e9", "\\ud83d\\ude00", "\u{0}", "é",
            "status",
            "\"labels\":{}", "\\n", "\\u0041", "high",
        ].map { Array($0.utf8) }
        var quick = 0
        for round in 0..<20_000 {
            var body = seeds[round % seeds.count]
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let place = Int.random(in: 0...body.count, using: &random)
                let end = min(body.count, place + Int.random(in: 0...4, using: &random))
                body.replaceSubrange(place..<end, with: pieces.randomElement(using: &random) ?? [])
            }
            guard String(validating: body, as: UTF8.self) != nil,
                let events = body.withUnsafeBytes({ PlainBody.events(from: $0) })
            else { continue }
            quick += 1
            let general = try? GenericSource.decoded(Data(body))
            #expect(general == events, "\(String(decoding: body, as: UTF8.self))")
        }
        #expect(quick > 3_000)
    }
}

/// The same numbers every time.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
