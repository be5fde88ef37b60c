import Domain
import Foundation
import HTTPServing
import HTTPTypes
import Postgres
import Store

/// Alerts as they came, and what became of them.
struct AlertRoutes: Sendable {
    let core: ConsoleCore

    var routes: [Route] { [list, item] }

    static let filters: [Route.QueryParameter] = [
        .init(
            "status", .choice(AlertRecord.State.allCases.map(\.rawValue) + ["firing"]),
            "Their state; `firing` for events that are no recoveries."),
        .init("severity", .string(), "One or more, separated by commas."),
        .init("asset", .string(0...255), "The asset's name."),
        .init("since", .time, "Received at or after."), .init("until", .time, "Received before."),
        .init("q", .string(0...200), "Part of the message, signature or asset."),
    ]

    private var list: Route {
        Route(
            .get, "/api/alerts", tag: "alerts", "Alerts, last received first.",
            permission: .roles(.everyRole, .companyInQuery),
            query: [
                .init("company_id", .string(), "Only those of this company."),
                .init("incident_id", .string(), "Only those of this incident."),
            ] + Self.filters + PageRequest.parameters, success: .ok(.page(of: .named("Alert")))
        ) { request in
            let incident = request.queryReader.value("incident_id").map { IncidentID($0) }
            return .ok(try await Self.page(request, incident: incident, core: core))
        }
    }

    private var item: Route {
        Route(
            .get, "/api/alerts/{id}", tag: "alerts", "An alert with all its fates.",
            permission: .roles(.everyRole, .none), success: .ok(.named("Alert"))
        ) { request in
            guard let id = UUID(uuidString: request.id) else { throw Problem.notFound("alert") }
            let alert = try await core.read(request) { try await $0.first(ReadAlert(id: AlertID(id))) }
            guard let alert else { throw Problem.notFound("alert") }
            return .ok(Projection(for: try request.signedIn().role).alert(alert))
        }
    }

    /// A page of alerts, all or those of an incident, narrowed as the query says.
    static func page(_ request: APIRequest, incident: IncidentID?, core: ConsoleCore) async throws -> JSONValue {
        var query = request.queryReader
        let page = PageRequest(&query, list: "alerts")
        let after = page.after.flatMap(UUID.init(uuidString:)).map { AlertID($0) }
        if page.after != nil, after == nil { query.note("cursor", "must be a next_cursor of this list") }
        var filter = AlertFilter(companyIDs: try request.companies())
        if query.value("status") == "firing" {
            filter.event = "firing"
        } else {
            filter.state = query.choices("status", AlertRecord.State.self).last
        }
        filter.severities = query.choices("severity", Severity.self)
        filter.asset = query.text("asset", maximum: 255)
        filter.since = query.instant("since")
        filter.until = query.instant("until")
        filter.text = query.text("q")
        try query.check()
        let narrowed = filter
        let projection = Projection(for: try request.signedIn().role)
        let alerts = try await core.read(request) { transaction in
            if let incident {
                return try await transaction.query(
                    ListAlertsOfIncident(incidentID: incident, filter: narrowed, after: after, limit: page.fetch))
            }
            return try await transaction.query(ListAlerts(filter: narrowed, after: after, limit: page.fetch))
        }
        return page.page(alerts, list: "alerts", key: \.id.rawValue.uuidString, json: projection.alert)
    }
}
