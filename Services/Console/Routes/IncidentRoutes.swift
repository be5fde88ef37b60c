import Domain
import HTTPServing
import HTTPTypes
import Postgres
import Store

/// Incidents, what happened to them, and their alerts.
struct IncidentRoutes: Sendable {
    let core: ConsoleCore

    var routes: [Route] { [list, item, timeline, alerts] + IncidentActionRoutes(core: core).routes }

    /// `sort`.
    private enum Order: String, CaseIterable {
        case priority
        case createdAt = "created_at"
    }

    private var list: Route {
        Route(
            .get, "/api/incidents", tag: "incidents", "Incidents, newest first or most pressing first.",
            permission: .roles(.everyRole, .companyInQuery),
            query: [
                .init("company_id", .string(), "Only those of this company."),
                .init("status", .string(), "One or more, separated by commas; `open` for all that are not done."),
                .init("severity", .string(), "One or more, separated by commas."),
                .init("assigned_to", .string(0...64), "A user's id, or `me`."),
                .init("q", .string(0...200), "Part of the title, signature or an asset's name."),
                .init("sort", .choice(Order.allCases.map(\.rawValue)), "`created_at` when left out."),
            ] + PageRequest.parameters, success: .ok(.page(of: .named("Incident")))
        ) { request in
            let viewer = try request.signedIn()
            var query = request.queryReader
            let order = query.choices("sort", Order.self).last ?? .createdAt
            let page = PageRequest(&query, list: "incidents.\(order.rawValue)")
            let position = order == .priority ? page.after.flatMap { PriorityCursor($0) } : nil
            if order == .priority, page.after != nil, position == nil {
                query.note("cursor", "must be a next_cursor of this list")
            }
            var filter = IncidentFilter(companyIDs: try request.companies())
            filter.statuses = query.choices(
                "status", IncidentStatus.self, also: ["open": IncidentStatus.allCases.filter(\.isOpen)])
            filter.severities = query.choices("severity", Severity.self)
            let person = query.text("assigned_to", maximum: 64)
            filter.assignedTo = person == "me" ? viewer.userID : person.map { UserID($0) }
            filter.text = query.text("q")
            try query.check()
            switch order {
            case .createdAt: return .ok(try await byTime(filter, page, request, viewer))
            case .priority: return .ok(try await byPriority(filter, page, position, request, viewer))
            }
        }
    }

    private func byTime(
        _ filter: IncidentFilter, _ page: PageRequest, _ request: APIRequest, _ viewer: SignedIn
    ) async throws -> JSONValue {
        let found = try await core.read(request) { transaction in
            try await transaction.query(
                ListIncidentsByTime(filter: filter, after: page.after.map { IncidentID($0) }, limit: page.fetch))
        }
        return try page.page(found, list: "incidents.created_at", key: \.id.rawValue) {
            try Projection(for: viewer.role).incident($0, now: request.now)
        }
    }

    private func byPriority(
        _ filter: IncidentFilter, _ page: PageRequest, _ position: PriorityCursor?, _ request: APIRequest,
        _ viewer: SignedIn
    ) async throws -> JSONValue {
        let judgedAt = position?.judgedAt ?? request.now
        let after = position.map { ListIncidentsByPriority.Position(score: $0.score, id: $0.id) }
        let found = try await core.read(request) { transaction in
            try await transaction.query(
                ListIncidentsByPriority(filter: filter, judgedAt: judgedAt, after: after, limit: page.fetch))
        }
        return try page.page(
            found, list: "incidents.priority",
            key: { PriorityCursor(judgedAt: judgedAt, score: $0.score, id: $0.incident.id).text },
            json: { try Projection(for: viewer.role).incident($0.incident, now: request.now) })
    }

    private var item: Route {
        Route(
            .get, "/api/incidents/{id}", tag: "incidents", "An incident.",
            permission: .roles(.everyRole, .item(.incident)), success: .ok(.named("Incident"))
        ) { request in
            try await Self.answer(IncidentID(request.id), request, core: core)
        }
    }

    /// An incident as the viewer sees it.
    ///
    /// - Throws: 404 when they may not see it.
    static func answer(_ id: IncidentID, _ request: APIRequest, core: ConsoleCore) async throws -> Reply {
        let incident = try await core.read(request) { try await find(id, in: $0) }
        let role = try request.signedIn().role
        return .ok(
            try Projection(for: role).incident(incident, now: request.now), version: incident.version)
    }

    private static func find(_ id: IncidentID, in transaction: Transaction) async throws -> IncidentRecord {
        guard let incident = try await transaction.first(ReadIncidents(ids: [id])) else {
            throw Problem.notFound("incident")
        }
        return incident
    }

    private var timeline: Route {
        Route(
            .get, "/api/incidents/{id}/timeline", tag: "incidents", "What happened to an incident, oldest first.",
            permission: .roles(.everyRole, .item(.incident)), query: PageRequest.parameters,
            success: .ok(.page(of: .named("TimelineEntry")))
        ) { request in
            let viewer = try request.signedIn()
            var query = request.queryReader
            let page = PageRequest(&query, list: "timeline")
            let after = page.after.flatMap { Int64($0) }
            if page.after != nil, after == nil { query.note("cursor", "must be a next_cursor of this list") }
            try query.check()
            let rows = try await core.read(request) { transaction in
                let incident = try await Self.find(IncidentID(request.id), in: transaction)
                return try await transaction.query(
                    ReadTimeline(
                        companyID: incident.companyID, incidentID: incident.id,
                        includesInternal: viewer.seesInternal, after: after ?? 0, limit: page.fetch))
            }
            return .ok(
                page.page(rows, list: "timeline", key: { String($0.sequence) }) {
                    Projection(for: viewer.role).timelineEntry($0) ?? .null
                })
        }
    }

    private var alerts: Route {
        Route(
            .get, "/api/incidents/{id}/alerts", tag: "incidents", "The alerts of an incident, last received first.",
            permission: .roles(.everyRole, .item(.incident)), query: AlertRoutes.filters + PageRequest.parameters,
            success: .ok(.page(of: .named("Alert")))
        ) { request in
            let id = IncidentID(request.id)
            _ = try await core.read(request) { try await Self.find(id, in: $0) }
            return .ok(try await AlertRoutes.page(request, incident: id, core: core))
        }
    }
}

/// Where a list by priority goes on: the moment at which all its pages are judged, and the last item.
private struct PriorityCursor {
    var judgedAt: Timestamp
    var score: Double
    var id: IncidentID

    init(judgedAt: Timestamp, score: Double, id: IncidentID) {
        self.judgedAt = judgedAt
        self.score = score
        self.id = id
    }

    init?(_ text: String) {
        let parts = text.split(separator: "|", maxSplits: 2).map(String.init)
        guard parts.count == 3, let moment = Int64(parts[0]), let score = Double(parts[1]), score.isFinite,
            (0...253_402_300_799_000_000).contains(moment)
        else { return nil }
        self.init(judgedAt: Timestamp(microseconds: moment), score: score, id: IncidentID(parts[2]))
    }

    var text: String { "\(judgedAt.microseconds)|\(score)|\(id)" }
}
