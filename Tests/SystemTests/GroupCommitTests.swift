import Foundation
import TestSupport
import Testing

@Suite struct GroupCommitTests {
    @Test("a row that PostgreSQL refuses never fails its neighbours in the same commit")
    func badRowFailsAlone() async throws {
        try await Platform.with { platform in
            try await platform.database.script(
                """
                CREATE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN RAISE EXCEPTION USING ERRCODE = '22000'; END $$;
                CREATE TRIGGER poison BEFORE INSERT ON alert FOR EACH ROW
                    WHEN (NEW.signature = 'poison') EXECUTE FUNCTION refuse_poison();
                """)
            let answers = try await withThrowingTaskGroup(of: (poison: Bool, status: Int).self) { group in
                for number in 0..<60 {
                    group.addTask {
                        let poison = number % 10 == 0
                        let body = AlertBody.one([
                            "signature": poison ? "poison" : "fine", "dedup_key": "k\(number)",
                        ])
                        return (poison: poison, status: try await platform.post(body).status)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.filter { $0.poison }.allSatisfy { $0.status == 422 })
            #expect(answers.filter { !$0.poison }.allSatisfy { $0.status == 202 })
            let stored = try await platform.database.count("SELECT count(*) FROM alert")
            #expect(stored == 54)
            let requests = try await platform.database.count("SELECT count(*) FROM received_request")
            #expect(requests == 54)
        }
    }
}
