import Domain
import Foundation
import HTTPServing
import HTTPTypes
import Store

/// Times in which a company expects alerts and wants no incidents of them.
struct MaintenanceRoutes: Sendable {
    let core: ConsoleCore

    var routes: [Route] { [list, create, item, update, delete] }

    private static let fields: [(String, Schema)] = [
        ("name", .string(1...200)), ("enabled", .boolean), ("schedule", CompanySchemas.schedule),
        ("scope", CompanySchemas.windowScope),
    ]

    private var list: Route {
        Route(
            .get, "/api/companies/{id}/maintenance-windows", tag: "maintenance",
            "Maintenance windows of a company, oldest first.", permission: .roles(.responders, .companyInPath),
            query: PageRequest.parameters, success: .ok(.page(of: .named("MaintenanceWindow")))
        ) { request in
            var query = request.queryReader
            let page = PageRequest(&query, list: "windows")
            try query.check()
            let windows = try await core.read(request) { transaction in
                try await MaintenanceStore.list(
                    companyID: CompanyID(request.id), after: page.after.map { WindowID($0) }, limit: page.fetch,
                    in: transaction)
            }
            return .ok(
                try page.page(windows, list: "windows", key: \.window.id.rawValue) {
                    try Self.json($0, now: request.now)
                })
        }
    }

    private var create: Route {
        Route(
            .post, "/api/companies/{id}/maintenance-windows", tag: "maintenance", "Add a maintenance window.",
            permission: .roles(.administrators, .companyInPath),
            body: .init(
                .object(Self.fields, optional: ["enabled", "scope"]),
                example: [
                    "name": "Sunday patching",
                    "schedule": [
                        "frequency": "weekly", "time_zone": "Europe/Berlin", "weekdays": ["sun"],
                        "start_time": "02:00", "duration_minutes": 120,
                    ], "scope": ["assets": ["web-*"]],
                ]), success: .created(.named("MaintenanceWindow"))
        ) { request in
            let viewer = try request.signedIn()
            let id = WindowID(IdentifierMint.text("mw", at: request.now))
            let window = try Self.window(request.body.merging(["id": .string(id.rawValue)]))
            let made = try await core.change(request) { transaction in
                try await MaintenanceStore.create(
                    window, companyID: CompanyID(request.id), actor: viewer.actor, now: request.now, in: transaction)
            }
            return .created(
                try Self.json(made, now: request.now), location: "/api/maintenance-windows/\(id)",
                version: made.version)
        }
    }

    private var item: Route {
        Route(
            .get, "/api/maintenance-windows/{id}", tag: "maintenance", "A maintenance window.",
            permission: .roles(.responders, .item(.maintenanceWindow)), success: .ok(.named("MaintenanceWindow"))
        ) { request in
            let found = try await core.read(request) {
                try await MaintenanceStore.window(WindowID(request.id), in: $0)
            }
            guard let found else { throw Problem.notFound("maintenance window") }
            return .ok(try Self.json(found, now: request.now), version: found.version)
        }
    }

    private var update: Route {
        Route(
            .patch, "/api/maintenance-windows/{id}", tag: "maintenance",
            "Change a maintenance window. A schedule or scope that is given replaces the old one.",
            permission: .roles(.administrators, .item(.maintenanceWindow)),
            body: .init(.changes(Self.fields), example: ["enabled": false]),
            success: .ok(.named("MaintenanceWindow")), refusals: [.version]
        ) { request in
            let viewer = try request.signedIn()
            let changed = try await core.change(request) { transaction in
                try await MaintenanceStore.update(
                    WindowID(request.id), version: request.ifMatch, actor: viewer.actor, now: request.now,
                    in: transaction
                ) { old in
                    var fields = try JSONValue(encoding: old).object ?? [:]
                    for (name, _) in Self.fields {
                        if let value = request.body[name] { fields[name] = value }
                    }
                    return try Self.window(.object(fields))
                }
            }
            return .ok(try Self.json(changed, now: request.now), version: changed.version)
        }
    }

    private var delete: Route {
        Route(
            .delete, "/api/maintenance-windows/{id}", tag: "maintenance",
            "Delete a maintenance window. What it kept quiet and still fires is decided again.",
            permission: .roles(.administrators, .item(.maintenanceWindow)), success: .noContent,
            refusals: [.version]
        ) { request in
            let viewer = try request.signedIn()
            try await core.change(request) { transaction in
                try await MaintenanceStore.delete(
                    WindowID(request.id), version: request.ifMatch, actor: viewer.actor, now: request.now,
                    in: transaction)
            }
            return .noContent
        }
    }

    /// - Throws: ``StoreRefusal/invalid(_:)`` naming the field that can't be read.
    private static func window(_ json: JSONValue) throws -> MaintenanceWindow {
        guard !json.containsNUL else {
            throw StoreRefusal.invalid([FieldProblem("", "must not contain a NUL character")])
        }
        do {
            return try JSONDecoder().decode(MaintenanceWindow.self, from: Data(json.bytes))
        } catch let error as DecodingError {
            throw StoreRefusal.invalid([FieldProblem(error)])
        }
    }

    private static func json(_ record: MaintenanceWindowRecord, now: Timestamp) throws -> JSONValue {
        let window = record.window
        let next = window.isEnabled ? window.nextOccurrence(after: now)?.start : nil
        return try JSONValue(encoding: window).merging([
            "company_id": .string(record.companyID.rawValue),
            "in_force": .bool(window.isEnabled && window.occurrence(containing: now) != nil),
            "next_start": .optional(next?.rfc3339), "created_by": .string(record.createdBy),
            "created_at": .string(record.createdAt.rfc3339), "updated_at": .string(record.updatedAt.rfc3339),
            "version": .integer(Int(record.version)),
        ])
    }
}

extension JSONValue {
    /// Whether a string or name in it holds a NUL, which the database does not store.
    var containsNUL: Bool {
        switch self {
        case .null, .bool, .integer, .number: false
        case .string(let text): text.utf8.contains(0)
        case .array(let values): values.contains(where: \.containsNUL)
        case .object(let fields): fields.contains { $0.key.utf8.contains(0) || $0.value.containsNUL }
        }
    }
}
