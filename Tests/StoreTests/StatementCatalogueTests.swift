import Postgres
import Store
import TestSupport
import Testing

@Suite struct StatementCatalogueTests {
    @Test("every statement prepares on the migrated schema with the types that it declares")
    func everyStatementPrepares() async throws {
        let problems = try await TestDatabase.with { database in
            try await database.withPool(role: nil, connections: 1) { pool in
                try await mismatches(in: StatementCatalogue.all, on: pool)
            }
        }
        #expect(problems == [])
    }

    @Test("no two statements share a name")
    func namesAreUnique() {
        let names = StatementCatalogue.all.map { $0.name }
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.utf8.count <= 63 })
    }
}

private func mismatches(in statements: [any Statement.Type], on pool: PostgresPool) async throws -> [String] {
    var problems: [String] = []
    for statement in statements {
        let (name, sql, parameters, columns) = (
            statement.name, statement.sql, statement.parameters, statement.columns
        )
        let described: StatementDescription
        do {
            described = try await pool.withConnection { connection in
                try await connection.describe(sql: sql, parameterTypes: parameters)
            }
        } catch {
            problems.append("\(name): \(error)")
            continue
        }
        if described.parameterOIDs != parameters.map({ $0.oid }) { problems.append("\(name): parameters") }
        if described.columns.map({ $0.name }) != columns.map({ $0.name }) {
            problems.append("\(name): columns are \(described.columns.map { $0.name })")
            continue
        }
        for (actual, declared) in zip(described.columns, columns) where !declared.type.reads(oid: actual.oid) {
            problems.append("\(name).\(declared.name): has type \(actual.oid)")
        }
    }
    return problems
}
