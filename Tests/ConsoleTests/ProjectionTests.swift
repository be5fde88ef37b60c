import Domain
import Testing

@testable import Console
@testable import Store

@Suite struct ProjectionTests {
    private func row(isInternal: Bool, data: JSONValue = [:]) -> JournalView {
        JournalView(
            sequence: 7, companyID: "comp-acme", at: Timestamp(seconds: 0), kind: "incident.noted",
            actor: "user:user-1", actorName: "Kim", subjectKind: "incident", subjectID: "inc-1", incidentID: "inc-1",
            isInternal: isInternal, summary: "Note by Kim.", reason: nil, data: data)
    }

    @Test(arguments: Role.allCases)
    func internalRowsAreForTheProviderOnly(role: Role) {
        let entry = Projection(for: role).timelineEntry(row(isInternal: true))
        #expect((entry == nil) == role.isClient)
        #expect(Projection(for: role).timelineEntry(row(isInternal: false)) != nil)
    }

    @Test(arguments: Role.allCases)
    func clientsSeeOfTheFactsOnlyWhatIsTheirs(role: Role) throws {
        let data: JSONValue = ["text": "Hello", "sender": "192.0.2.1", "email": "kim@msp.test"]
        let entry = try #require(Projection(for: role).timelineEntry(row(isInternal: false, data: data)))
        #expect(entry["data"] == (role.isClient ? ["text": "Hello"] : data))
        #expect(entry["actor"] == ["kind": "user", "id": "user-1", "name": "Kim"])
    }

    @Test(arguments: Role.allCases)
    func theAuditLogIsForAdministrators(role: Role) {
        let shown = Projection(for: role).auditEntry(row(isInternal: false)) != nil
        #expect(shown == [.mspAdmin, .companyAdmin].contains(role))
        let hidden = Projection(for: role).auditEntry(row(isInternal: true)) != nil
        #expect(hidden == (role == .mspAdmin))
    }
}

@Suite struct CursorTests {
    @Test func aCursorIsGoodForItsOwnListOnly() {
        let text = PageCursor.text("inc-1|ä", list: "incidents")
        #expect(PageCursor.key(text, list: "incidents") == "inc-1|ä")
        #expect(PageCursor.key(text, list: "alerts") == nil)
        #expect(PageCursor.key("nonsense", list: "incidents") == nil)
        #expect(text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
    }

    @Test(arguments: [("\"7\"", 7), ("*", nil), (nil, nil), ("7", -1), ("W/\"7\"", -1)] as [(String?, Int64?)])
    func ifMatchNamesAVersion(header: String?, version: Int64?) {
        #expect(VersionTag.wanted(header) == version)
    }
}

@Suite struct CompanySlugTests {
    @Test(arguments: [
        ("Acme", "comp-acme"), ("  ACME   Corp. ", "comp-acme-corp"), ("Ärzte & Söhne", "comp-arzte-sohne"),
        ("株式会社", "comp-company"), ("a--b", "comp-a-b"),
    ])
    func anIdIsMadeOfTheName(name: String, id: String) {
        #expect(CompanySlug.id(for: name).rawValue == id)
        #expect(CompanySlug.isValid(id))
    }

    @Test func aLongNameLeavesRoomForItsNumber() {
        let id = CompanySlug.id(for: String(repeating: "long ", count: 40), number: 12).rawValue
        #expect(CompanySlug.isValid(id) && id.hasSuffix("-12"))
    }

    @Test(arguments: ["comp-", "_msp", "comp-A", "acme", "comp-ä"])
    func otherTextsAreNoIds(text: String) {
        #expect(!CompanySlug.isValid(text))
    }
}
