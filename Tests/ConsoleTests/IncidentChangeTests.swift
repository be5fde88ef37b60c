import Domain
import Testing

@testable import Console

@Suite struct IncidentChangeTests {
    private func change(_ kind: String, _ sequence: Int64, isInternal: Bool = false) throws -> IncidentChange {
        try #require(
            IncidentChange(
                kind: kind, company: "comp-acme", incidentID: "inc-1", sequence: sequence, isInternal: isInternal))
    }

    @Test("of changes that come together, opening says more than resolving, and that more than an update")
    func strongestKindWins() throws {
        let opened = try change("incident.opened", 1)
        let resolved = try change("incident.resolved", 2)
        let updated = try change("incident.updated", 3)
        #expect(opened.merged(with: resolved).merged(with: updated).frameType == "incident.opened")
        #expect(updated.merged(with: resolved).frameType == "incident.resolved")
        #expect(updated.merged(with: try change("incident.noted", 4)).sequence == 4)
    }

    @Test("changes are internal only when all of them are")
    func internalOnlyWhenAllAre() throws {
        let note = try change("incident.noted", 1, isInternal: true)
        #expect(note.merged(with: note).isInternal)
        #expect(!note.merged(with: try change("incident.updated", 2)).isInternal)
        #expect(!(try change("incident.updated", 2)).merged(with: note).isInternal)
    }

    @Test("journal rows of other things are not changes of incidents")
    func otherRowsAreNot() {
        let row = IncidentChange(
            kind: "company.updated", company: "comp-acme", incidentID: nil, sequence: 1, isInternal: false)
        #expect(row == nil)
    }

    @Test("ten alerts of a company are shown in a second, the others counted")
    func alertPace() {
        var pace = AlertPace()
        let now = Timestamp(seconds: 1_000_000)
        let shown = (0..<25).filter { _ in pace.admit(now: now) }.count
        #expect(shown == 10)
        let counted = [pace.take(), pace.take()]
        #expect(counted == [15, 0])
        let later = pace.admit(now: now + .seconds(1))
        #expect(later)
    }
}
