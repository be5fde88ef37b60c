import Testing

@testable import Domain

@Suite("The life of an incident")
struct LifecycleTests {
    private let now = Clock.minutes(5)

    private func state(_ status: IncidentStatus) -> IncidentLifeState {
        IncidentLifeState(id: "inc-1", status: status, mergedInto: status == .merged ? "inc-9" : nil)
    }

    private func apply(_ event: IncidentEvent, to state: IncidentLifeState) throws(IncidentRefusal) -> IncidentLifeState
    {
        try IncidentLifecycle.apply(event, to: state, now: now)
    }

    /// What an event makes of each status, or why not; in the order new, acknowledged, in progress, resolved, closed, merged.
    private func table(_ event: IncidentEvent, prepare: (inout IncidentLifeState) -> Void = { _ in }) -> [String] {
        IncidentStatus.allCases.map { status in
            var before = state(status)
            prepare(&before)
            do throws(IncidentRefusal) { return try apply(event, to: before).status.rawValue } catch {
                return error.code
            }
        }
    }

    @Test("every event in every status is a new state or a refusal")
    func tables() {
        let ends = ["closed", "merged"]
        let open = Array(repeating: "not_open", count: 1) + ends
        #expect(table(.acknowledge) == ["acknowledged", "already_acknowledged", "already_acknowledged"] + open)
        #expect(table(.assign(to: "user-john")) == ["in_progress", "in_progress", "in_progress"] + open)
        #expect(table(.unassign) == ["not_assigned", "not_assigned", "not_assigned"] + open)
        #expect(table(.unassign) { $0.assignedTo = "user-john" } == ["new", "new", "new"] + open)
        #expect(table(.resolve(by: "user-john", notes: nil)) == ["resolved", "resolved", "resolved"] + open)
        #expect(table(.reopen) == ["not_resolved", "not_resolved", "not_resolved", "new"] + ends)
        #expect(
            table(.reopen) { $0.assignedTo = "user-john" } == [
                "not_resolved", "not_resolved", "not_resolved", "in_progress",
            ] + ends)
        #expect(table(.escalate) == ["new", "acknowledged", "in_progress"] + open)
        #expect(table(.note("Looking.")) == ["new", "acknowledged", "in_progress", "resolved", "closed", "merged"])
        #expect(table(.close) == ["not_resolved", "not_resolved", "not_resolved", "closed"] + ends)
        let target = IncidentLifeState(id: "inc-2")
        #expect(table(.merge(into: target)) == ["merged", "merged", "merged", "merged"] + ends)
    }

    @Test("acknowledging and assigning stop the response clock, the first time only")
    func response() throws {
        let acknowledged = try apply(.acknowledge, to: state(.new))
        #expect(acknowledged.acknowledgedAt == now)
        #expect(acknowledged.firstRespondedAt == now)
        let assigned = try IncidentLifecycle.apply(.assign(to: "user-john"), to: acknowledged, now: Clock.minutes(9))
        #expect(assigned.firstRespondedAt == now)
        #expect(assigned.assignedAt == Clock.minutes(9))
        #expect(try apply(.assign(to: "user-john"), to: state(.new)).firstRespondedAt == now)
        #expect(try apply(.assign(to: "user-john"), to: state(.new)).acknowledgedAt == nil)
    }

    @Test("assigning again moves it; assigning the same keeps the time")
    func reassign() throws {
        let john = try apply(.assign(to: "user-john"), to: state(.new))
        let sarah = try IncidentLifecycle.apply(.assign(to: "user-sarah"), to: john, now: Clock.minutes(7))
        #expect(sarah.assignedTo == "user-sarah")
        #expect(sarah.assignedAt == Clock.minutes(7))
        #expect(try IncidentLifecycle.apply(.assign(to: "user-john"), to: john, now: Clock.minutes(7)) == john)
    }

    @Test("unassigned, it goes back to acknowledged when a person had acknowledged it")
    func unassign() throws {
        let assigned = try apply(.assign(to: "user-john"), to: try apply(.acknowledge, to: state(.new)))
        let free = try apply(.unassign, to: assigned)
        #expect(free.status == .acknowledged)
        #expect(free.assignedTo == nil)
        #expect(free.assignedAt == nil)
    }

    @Test("resolving keeps who, when and the notes; reopening clears them and keeps the response")
    func resolveReopen() throws {
        let resolved = try apply(.resolve(by: "user-john", notes: "Restarted Apache."), to: state(.new))
        #expect(resolved.resolvedAt == now)
        #expect(resolved.resolvedBy == "user-john")
        #expect(resolved.resolutionNotes == "Restarted Apache.")
        #expect(resolved.firstRespondedAt == now)
        let open = try apply(.reopen, to: resolved)
        #expect(open.resolvedAt == nil)
        #expect(open.resolvedBy == nil)
        #expect(open.resolutionNotes == nil)
        #expect(open.firstRespondedAt == now)
    }

    @Test("notes hold ten thousand characters and are not empty")
    func notes() throws {
        let long = String(repeating: "ä", count: 10_000)
        #expect(try apply(.resolve(by: "u", notes: long), to: state(.new)).resolutionNotes == long)
        #expect(try apply(.note(long), to: state(.closed)) == state(.closed))
        #expect(throws: IncidentRefusal.textTooLong(maximum: 10_000)) { try apply(.note(long + "ä"), to: state(.new)) }
        #expect(throws: IncidentRefusal.textTooLong(maximum: 10_000)) {
            try apply(.resolve(by: "u", notes: long + "ä"), to: state(.new))
        }
        #expect(throws: IncidentRefusal.emptyNote) { try apply(.note(" \n"), to: state(.new)) }
        #expect(throws: IncidentRefusal.merged(into: "inc-9")) { try apply(.note("x"), to: state(.merged)) }
    }

    @Test("escalation goes to level three and no further")
    func escalate() throws {
        let second = try apply(.escalate, to: state(.new))
        let third = try apply(.escalate, to: second)
        #expect([second.escalationLevel, third.escalationLevel] == [2, 3])
        #expect(throws: IncidentRefusal.highestLevel(3)) { try apply(.escalate, to: third) }
    }

    @Test("closing keeps when")
    func close() throws {
        #expect(try apply(.close, to: state(.resolved)).closedAt == now)
    }

    @Test("merging needs another incident that lives, and an open one does not end in a resolved one")
    func merge() throws {
        func target(_ status: IncidentStatus) -> IncidentLifeState {
            IncidentLifeState(id: "inc-2", status: status, mergedInto: status == .merged ? "inc-3" : nil)
        }
        #expect(try apply(.merge(into: target(.inProgress)), to: state(.new)).mergedInto == "inc-2")
        #expect(try apply(.merge(into: target(.resolved)), to: state(.resolved)).status == .merged)
        #expect(throws: IncidentRefusal.targetResolved("inc-2")) {
            try apply(.merge(into: target(.resolved)), to: state(.new))
        }
        #expect(throws: IncidentRefusal.targetClosed("inc-2")) {
            try apply(.merge(into: target(.closed)), to: state(.new))
        }
        #expect(throws: IncidentRefusal.targetMerged("inc-2", into: "inc-3")) {
            try apply(.merge(into: target(.merged)), to: state(.new))
        }
        #expect(throws: IncidentRefusal.mergeIntoItself) { try apply(.merge(into: state(.new)), to: state(.new)) }
    }

    @Test("the survivor takes over what was reached in the other")
    func takingOver() {
        var source = IncidentLifeState(
            id: "inc-2", status: .inProgress, assignedTo: "user-john", assignedAt: Clock.minutes(2))
        source.firstRespondedAt = Clock.minutes(2)
        source.escalationLevel = 2
        var target = IncidentLifeState(id: "inc-1", status: .acknowledged, acknowledgedAt: Clock.minutes(1))
        target.firstRespondedAt = Clock.minutes(1)
        let survivor = target.takingOver(from: source)
        #expect(survivor.status == .inProgress)
        #expect(survivor.assignedTo == "user-john")
        #expect(survivor.assignedAt == Clock.minutes(2))
        #expect(survivor.acknowledgedAt == Clock.minutes(1))
        #expect(survivor.firstRespondedAt == Clock.minutes(1))
        #expect(survivor.escalationLevel == 2)
        var owned = target
        owned.assignedTo = "user-sarah"
        #expect(owned.takingOver(from: source).assignedTo == "user-sarah")
        var done = source
        done.status = .resolved
        #expect(target.takingOver(from: done).assignedTo == nil)
        #expect(target.takingOver(from: done).status == .acknowledged)
    }

    @Test("every refusal has a code of its own and a sentence for people")
    func refusals() {
        let refusals: [IncidentRefusal] = [
            .alreadyAcknowledged, .notOpen(.resolved), .notResolved(.inProgress), .closed, .merged(into: "inc-9"),
            .notAssigned, .highestLevel(3), .mergeIntoItself, .targetClosed("inc-2"), .targetMerged("inc-2", into: nil),
            .targetResolved("inc-2"), .emptyNote, .textTooLong(maximum: 10_000),
        ]
        #expect(Set(refusals.map(\.code)).count == refusals.count)
        #expect(refusals.allSatisfy { $0.message.hasSuffix(".") })
        #expect(
            IncidentRefusal.merged(into: "inc-9").message == "The incident was merged into inc-9. Work on that one.")
        #expect(IncidentRefusal.notResolved(.inProgress).message.contains("in progress"))
    }
}
