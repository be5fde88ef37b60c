import Domain
import HTTPServing
import HTTPTypes
import Postgres
import Store
import ZeroMQ

/// Figures, the audit log and the fleet.
struct OverviewRoutes: Sendable {
    let core: ConsoleCore

    var routes: [Route] { [overview, audit, fleet] }

    /// The span of figures when the caller names none.
    private static let usualSpan = Duration.seconds(30 * 86_400)

    private var overview: Route {
        Route(
            .get, "/api/metrics/overview", tag: "figures",
            "The figures of a span of time, of the last 30 days when none is named. Null where nothing was counted.",
            permission: .roles(.everyRole, .companyInQuery),
            query: [
                .init("company_id", .string(), "Only this company."), .init("from", .time, "Included."),
                .init("to", .time, "Not included; now when left out."),
            ], success: .ok(.named("Overview"))
        ) { request in
            var query = request.queryReader
            // A microsecond more, so that what happened this very moment counts.
            let to = query.instant("to") ?? request.now + .microseconds(1)
            let from = query.instant("from") ?? to - Self.usualSpan
            if from > to { query.note("from", "must not be later than to") }
            try query.check()
            let companies = try request.companies()
            let figures = try await core.read(request) { transaction in
                let policies = try await transaction.query(ReadServiceLevels(companyIDs: companies))
                return try await transaction.first(
                    ReadOverview(
                        policies: Dictionary(
                            policies.map { ($0.companyID, $0.policy) }, uniquingKeysWith: { $1 }), from: from,
                        to: to, now: request.now))
            }
            return .ok(Self.json(figures ?? OverviewFigures()))
        }
    }

    static func json(_ figures: OverviewFigures) -> JSONValue {
        [
            "alerts": .integer(figures.alerts), "incidents": .integer(figures.incidents),
            "resolved": .integer(figures.resolved),
            "resolved_percent": percent(figures.resolved, of: figures.incidents),
            "noise_reduction_percent": figures.alerts == 0
                ? .null : percent(figures.alerts - figures.incidents, of: figures.alerts),
            "mean_time_to_acknowledge_s": .optional(figures.meanResponseSeconds),
            "mean_time_to_resolve_s": .optional(figures.meanResolutionSeconds),
            "sla_response_percent": percent(
                figures.responsesMet, of: figures.responsesMet + figures.responsesMissed),
            "sla_resolution_percent": percent(
                figures.resolutionsMet, of: figures.resolutionsMet + figures.resolutionsMissed),
        ]
    }

    private static func percent(_ part: Int, of whole: Int) -> JSONValue {
        whole == 0 ? .null : .number(Double(part) / Double(whole) * 100)
    }

    private var audit: Route {
        Route(
            .get, "/api/audit", tag: "audit", "What people and settings did, newest first.",
            permission: .roles(.administrators, .companyInQuery),
            query: [
                .init("company_id", .string(), "Only rows of this company."),
                .init("actor", .string(0...100), "`user:<id>`, or the id alone."),
                .init("action", .string(0...100), "`company.created`, or its first part: `company`."),
                .init("since", .time, "At or after."), .init("until", .time, "Before."),
            ] + PageRequest.parameters, success: .ok(.page(of: .named("AuditEntry")))
        ) { request in
            let viewer = try request.signedIn()
            var query = request.queryReader
            let page = PageRequest(&query, list: "audit")
            let before = page.after.flatMap { Int64($0) }
            if page.after != nil, before == nil { query.note("cursor", "must be a next_cursor of this list") }
            // Without a company named, the provider's own rows are there too.
            let companies = request.text("company_id") == nil ? viewer.companies : try request.companies()
            var filter = AuditFilter(companyIDs: companies, includesInternal: viewer.seesInternal)
            filter.actor = query.text("actor", maximum: 100)
            filter.action = query.text("action", maximum: 100)
            filter.since = query.instant("since")
            filter.until = query.instant("until")
            try query.check()
            let narrowed = filter
            let rows = try await core.read(request) { transaction in
                try await transaction.query(ReadAudit(filter: narrowed, before: before, limit: page.fetch))
            }
            return .ok(
                page.page(rows, list: "audit", key: { String($0.sequence) }) {
                    Projection(for: viewer.role).auditEntry($0) ?? .null
                })
        }
    }

    private var fleet: Route {
        Route(
            .get, "/api/fleet", tag: "operations", "The processes that live now.",
            permission: .roles(.provider, .none),
            success: .ok(.object([("items", .list(of: .named("ServiceInstance")))]))
        ) { request in
            let instances = try await core.read(request) { try await $0.query(ReadLiveInstances()) }
            return .ok(["items": .array(instances.map(Self.json))])
        }
    }

    private static func json(_ instance: ServiceInstance) -> JSONValue {
        [
            "id": .string(instance.id), "service": .string(instance.service), "host": .string(instance.host),
            "pid": .integer(Int(instance.pid)), "version": .string(instance.version),
            "started_at": .string(Timestamp(microseconds: instance.startedAt).rfc3339),
            "heartbeat_at": .string(Timestamp(microseconds: instance.heartbeatAt).rfc3339),
        ]
    }
}
