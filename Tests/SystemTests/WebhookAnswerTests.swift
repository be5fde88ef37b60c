import Foundation
import Secrets
import Store
import TestSupport
import Testing

@Suite struct WebhookAnswerTests {
    @Test("an alert is answered 202 with its id once it is committed")
    func acceptedAlertIsCommitted() async throws {
        try await Platform.with { platform in
            let answer = try await platform.post(AlertBody.one(["labels": ["region": "eu", "rack": 4]]))
            #expect(answer.status == 202)
            #expect(answer.json["accepted"] as? Int == 1)
            #expect(answer.json["duplicate"] as? Bool == false)
            #expect(answer.headers["x-ratelimit-limit"] == "60")
            #expect(answer.headers["x-ratelimit-remaining"] == "119")
            let id = try #require((answer.json["alert_ids"] as? [String])?.first)
            let stored = try await platform.database.count(
                "SELECT count(*) FROM alert WHERE id = '\(id)' AND labels = '{\"region\": \"eu\", \"rack\": \"4\"}'")
            #expect(stored == 1)
        }
    }

    @Test("the same delivery is answered 200 with the first ids and changes nothing")
    func repeatedDeliveryChangesNothing() async throws {
        try await Platform.with { platform in
            let first = try await platform.post(AlertBody.one(), headers: ["X-Delivery-ID": "d-1"])
            let again = try await platform.post(AlertBody.one(["severity": "low"]), headers: ["X-Delivery-ID": "d-1"])
            #expect(first.status == 202)
            #expect(again.status == 200)
            #expect(again.json["duplicate"] as? Bool == true)
            #expect(again.json["alert_ids"] as? [String] == first.json["alert_ids"] as? [String])
            let alerts = try await platform.database.count("SELECT count(*) FROM alert")
            #expect(alerts == 1)
            let tokens = try await platform.database.count("SELECT round(tokens)::bigint FROM rate_bucket")
            #expect(tokens >= 119)
        }
    }

    @Test("each bad body has the answer of the table, and nothing of it is stored")
    func badBodies() async throws {
        let cases: [(body: String, status: Int)] = [
            ("", 400), ("{", 400), ("nonsense", 400), ("{\"a\":1}}", 400),
            (String(repeating: "[", count: 65) + String(repeating: "]", count: 65), 400),
            ("[]", 422), ("{}", 422), ("3", 422), ("null", 422), ("[1]", 422), ("\"text\"", 422),
            (#"{"asset_name":"a","signature":"s","severity":"urgent","message":"m"}"#, 422),
            (#"{"asset_name":"a","signature":"s","severity":"high","message":"m","timestamp":"soon"}"#, 422),
            (#"{"asset_name":"a\u0000","signature":"s","severity":"high","message":"m"}"#, 422),
            (#"{"asset_name":"a","signature":"s","severity":"high","message":7}"#, 422),
            (#"{"asset_name":"a","signature":"s","severity":"high","message":"m","links":["javascript:x"]}"#, 422),
        ]
        try await Platform.with { platform in
            for (body, status) in cases {
                let answer = try await platform.post(Array(body.utf8))
                #expect(answer.status == status, "\(body) was answered \(answer.text)")
                #expect(answer.headers["content-type"] == "application/problem+json")
            }
            let invalid = try await platform.post([0x22, 0xff, 0xfe, 0x22])
            #expect(invalid.status == 400)
            let alerts = try await platform.database.count("SELECT count(*) FROM alert")
            #expect(alerts == 0)
        }
    }

    @Test("each wrong field is named, with its index in an array")
    func wrongFieldsAreNamed() async throws {
        try await Platform.with { platform in
            let body = AlertBody.many([[:], ["severity": "bad", "asset_name": String(repeating: "x", count: 300)]])
            let answer = try await platform.post(body)
            let errors = answer.json["errors"] as? [[String: String]] ?? []
            #expect(answer.status == 422)
            #expect(Set(errors.compactMap { $0["field"] }) == ["[1].severity", "[1].asset_name"])
        }
    }

    @Test("a body over the limit is 413, a type that is not JSON 415, an unknown path 404")
    func otherRefusals() async throws {
        try await Platform.with { platform in
            let large = try await platform.post(Array(repeating: 0x20, count: 1_048_577))
            #expect(large.status == 413)
            let text = try await platform.post(AlertBody.one(), headers: ["Content-Type": "text/plain"])
            #expect(text.status == 415)
            let unknown = try await platform.post(AlertBody.one(), path: "/api/webhooks/nothing")
            #expect(unknown.status == 404)
            #expect(unknown.headers["content-type"] == "application/problem+json")
        }
    }

    @Test("a key is found in each of its three places, and a wrong one gets the one text of 401")
    func keys() async throws {
        try await Platform.with { platform in
            let key = platform.company.apiKey
            let query = try await platform.post(AlertBody.one(), path: "/api/webhooks/alerts?api_key=\(key)", key: "")
            let bearer = try await platform.post(
                AlertBody.one(), key: "", headers: ["Authorization": "Bearer \(key)"])
            #expect(query.status == 202 && bearer.status == 202)
            let wrong = try await platform.post(AlertBody.one(), key: "aw_wrong")
            let missing = try await platform.post(AlertBody.one(), key: "")
            #expect(wrong.status == 401 && missing.status == 401)
            #expect(wrong.text == missing.text)
        }
    }

    @Test("with HMAC on, only a fresh and right signature passes, and all failures read alike")
    func signatures() async throws {
        try await Platform.with(signing: true) { platform in
            let body = AlertBody.one()
            let secret = Array(platform.company.hmacSecret.utf8)
            let now = Int(Date().timeIntervalSince1970)
            func signed(_ timestamp: String, over text: [UInt8]) -> [String: String] {
                [
                    "X-Timestamp": timestamp,
                    "X-Signature": RequestSignature.make(secret: secret, timestamp: timestamp, body: text),
                ]
            }
            let right = try await platform.post(body, headers: signed(String(now), over: body))
            #expect(right.status == 202)
            let repeated = try await platform.post(body, headers: signed(String(now), over: body))
            #expect(repeated.status == 200)
            var texts: Set<String> = []
            for headers in [
                [:], signed(String(now), over: [0x20]), signed(String(now - 301), over: body),
                signed(String(now + 330), over: body), signed("today", over: body),
                ["X-Timestamp": String(now), "X-Signature": "sha256=zz"],
            ] {
                let answer = try await platform.post(body, headers: headers)
                #expect(answer.status == 401)
                texts.insert(answer.text)
            }
            #expect(texts.count == 1)
            let alerts = try await platform.database.count("SELECT count(*) FROM alert")
            #expect(alerts == 1)
        }
    }

    @Test(
        "500 requests at once through three processes: the burst and what refills passes, the rest is told when to come"
    )
    func rateIsExactAcrossProcesses() async throws {
        try await Platform.with(Platform.Size(ingest: 3)) { platform in
            let start = ContinuousClock.now
            let answers = try await withThrowingTaskGroup(of: Platform.Answer.self) { group in
                for number in 0..<500 {
                    group.addTask {
                        try await platform.post(
                            AlertBody.one(["dedup_key": "k\(number)"]), ingest: number % 3)
                    }
                }
                var answers: [Platform.Answer] = []
                for try await answer in group { answers.append(answer) }
                return answers
            }
            let elapsed = Int((ContinuousClock.now - start).components.seconds) + 1
            let accepted = answers.filter { $0.status == 202 }.count
            #expect((120...(121 + elapsed)).contains(accepted))
            let limited = answers.filter { $0.status == 429 }
            #expect(limited.count == 500 - accepted)
            #expect(limited.allSatisfy { (Int($0.headers["retry-after"] ?? "") ?? 0) >= 1 })
            let stored = try await platform.database.count("SELECT count(*) FROM alert")
            #expect(stored == accepted)
        }
    }

    @Test("an array larger than the burst passes on a full bucket and leaves it negative")
    func largeArrayLeavesBucketNegative() async throws {
        try await Platform.with { platform in
            let alerts = (0..<200).map { ["dedup_key": "k\($0)"] as [String: Any] }
            let first = try await platform.post(AlertBody.many(alerts))
            #expect(first.status == 202)
            #expect(first.json["accepted"] as? Int == 200)
            let tokens = try await platform.database.count("SELECT round(tokens)::bigint FROM rate_bucket")
            #expect(tokens < -70)
            let next = try await platform.post(AlertBody.one())
            #expect(next.status == 429)
            #expect((Int(next.headers["retry-after"] ?? "") ?? 0) > 70)
        }
    }

    @Test("each process says that it lives and is ready, and shows its figures")
    func operations() async throws {
        try await Platform.with { platform in
            _ = try await platform.post(AlertBody.one())
            let live = try await platform.get("/health/live")
            let ready = try await eventually { try await platform.get("/health/ready").status == 200 }
            let metrics = try await platform.get("/metrics")
            #expect(live.status == 200)
            #expect(ready)
            #expect(metrics.status == 200)
        }
    }
}
