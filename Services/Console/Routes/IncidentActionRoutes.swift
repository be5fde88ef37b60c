import Domain
import HTTPServing
import HTTPTypes
import Store

/// What people do to incidents. Each answers with the incident after it, or 409 with the reason why its state does not
/// allow it.
struct IncidentActionRoutes: Sendable {
    let core: ConsoleCore

    var routes: [Route] {
        [
            action("acknowledge", "Take notice of an incident; stops the response clock.") { _ in .acknowledge },
            assign,
            action(
                "resolve", "Say that it is solved.",
                body: .init(
                    .changes([("resolution_notes", .string(0...10_000))]),
                    example: ["resolution_notes": "Restarted the worker."], isRequired: false)
            ) { request in
                var fields = request.fields
                let notes = fields.optionalText("resolution_notes", 0...IncidentLifecycle.maximumNoteLength)
                try fields.check()
                return .resolve(notes: notes)
            },
            action("reopen", "Open a resolved incident again.") { _ in .reopen },
            action(
                "escalate", "Hand it to the next level.",
                body: .init(.object([("reason", .string(1...1000))]), example: ["reason": "Needs a network engineer."])
            ) { request in
                var fields = request.fields
                let reason = fields.text("reason", 1...1000)
                try fields.check()
                return .escalate(reason: reason)
            },
            action(
                "notes", "Add a note. An internal one is never shown to clients.",
                body: .init(
                    .object([("text", .string(1...10_000)), ("internal", .boolean)], optional: ["internal"]),
                    example: ["text": "Waiting for the vendor."])
            ) { request in
                let viewer = try request.signedIn()
                var fields = request.fields
                let text = fields.text("text", 1...IncidentLifecycle.maximumNoteLength)
                let isInternal = fields.optionalBool("internal") ?? false
                if isInternal, viewer.role.isClient { fields.note("internal", "must be false for your role") }
                try fields.check()
                return .note(text, isInternal: isInternal)
            },
            merge,
        ]
    }

    private func action(
        _ name: String, _ summary: String, body: Route.Body? = nil,
        _ read: @escaping @Sendable (APIRequest) throws -> IncidentCommand
    ) -> Route {
        Route(
            .post, "/api/incidents/{id}/\(name)", tag: "incidents", summary,
            permission: .roles(.responders, .item(.incident)), body: body, success: .ok(.named("Incident")),
            refusals: [.conflict, .version]
        ) { request in
            let viewer = try request.signedIn()
            let command = try read(request)
            let id = IncidentID(request.id)
            let user = CommandingUser(
                actor: viewer.actor, id: viewer.userID, name: viewer.name, companies: viewer.companies)
            let done = try await core.incidents.perform(command, on: id, by: user, ifMatch: request.ifMatch)
            core.publish(done.journal)
            return try await IncidentRoutes.answer(id, request, core: core)
        }
    }

    private var assign: Route {
        action(
            "assign", "Give it to a person who serves the company; stops the response clock.",
            body: .init(.object([("user_id", .string(1...64))]), example: ["user_id": "user-…"])
        ) { request in
            var fields = request.fields
            let id = UserID(fields.text("user_id", 1...64))
            try fields.check()
            return .assign(id)
        }
    }

    private var merge: Route {
        action(
            "merge", "End it as a part of another incident of the same company.",
            body: .init(.object([("into", .string(1...64))]), example: ["into": "inc-…"])
        ) { request in
            var fields = request.fields
            let target = IncidentID(fields.text("into", 1...64))
            try fields.check()
            return .merge(into: target)
        }
    }
}
