import Domain
import HTTPTypes
import Store

/// The servers and services of companies.
struct AssetRoutes: Sendable {
    let core: ConsoleCore

    var routes: [Route] { [list, create, update] }

    private static let fields: [(String, Schema)] = [
        ("name", .string(1...255)), ("kind", .string(1...64)), ("critical", .boolean),
        ("instance_id", Schema.string(1...255).orNull), ("depends_on", .list(of: .string(1...64), maximum: 100)),
    ]

    private var list: Route {
        Route(
            .get, "/api/companies/{id}/assets", tag: "assets", "Assets of a company by name.",
            permission: .roles(.responders, .companyInPath),
            query: [.init("q", .string(0...200), "Part of the name.")] + PageRequest.parameters,
            success: .ok(.page(of: .named("Asset")))
        ) { request in
            var query = request.queryReader
            let page = PageRequest(&query, list: "assets")
            let text = query.text("q")
            try query.check()
            let assets = try await core.read(request) { transaction in
                try await AssetStore.list(
                    companyID: CompanyID(request.id), text: text, after: page.after, limit: page.fetch,
                    in: transaction)
            }
            return .ok(page.page(assets, list: "assets", key: \.name, json: Self.json))
        }
    }

    private var create: Route {
        Route(
            .post, "/api/companies/{id}/assets", tag: "assets",
            "Add an asset. Assets also appear by themselves with their first alert.",
            permission: .roles(.administrators, .companyInPath),
            body: .init(
                .object(Self.fields, optional: ["kind", "critical", "instance_id", "depends_on"]),
                example: ["name": "db-server-01", "kind": "server", "critical": true]),
            success: .created(.named("Asset")), refusals: [.conflict]
        ) { request in
            let viewer = try request.signedIn()
            var fields = request.fields
            let blank = AssetDraft(name: fields.text("name", 1...255))
            let change = AssetChange(&fields)
            try fields.check()
            var draft = blank
            change.apply(to: &draft)
            let wanted = draft
            let asset = try await core.change(request) { transaction in
                try await AssetStore.create(
                    wanted, companyID: CompanyID(request.id), actor: viewer.actor, now: request.now, in: transaction)
            }
            return .created(Self.json(asset), location: "/api/assets/\(asset.id)", version: asset.version)
        }
    }

    private var update: Route {
        Route(
            .patch, "/api/assets/{id}", tag: "assets", "Change an asset.",
            permission: .roles(.administrators, .item(.asset)),
            body: .init(.changes(Self.fields), example: ["critical": true]), success: .ok(.named("Asset")),
            refusals: [.conflict, .version]
        ) { request in
            let viewer = try request.signedIn()
            var fields = request.fields
            let change = AssetChange(&fields)
            try fields.check()
            let asset = try await core.change(request) { transaction in
                try await AssetStore.update(
                    AssetID(request.id), version: request.ifMatch, actor: viewer.actor, now: request.now,
                    in: transaction
                ) { change.apply(to: &$0) }
            }
            return .ok(Self.json(asset), version: asset.version)
        }
    }

    private static func json(_ asset: AssetRecord) -> JSONValue {
        [
            "id": .string(asset.id.rawValue), "company_id": .string(asset.companyID.rawValue),
            "name": .string(asset.name), "kind": .string(asset.kind), "critical": .bool(asset.isCritical),
            "instance_id": .optional(asset.instanceID), "depends_on": .strings(asset.dependsOn.map(\.rawValue)),
            "created_at": .string(asset.createdAt.rfc3339), "updated_at": .string(asset.updatedAt.rfc3339),
            "version": .integer(Int(asset.version)),
        ]
    }
}

/// The fields of an asset that a request gives.
private struct AssetChange: Sendable {
    let name: String?
    let kind: String?
    let isCritical: Bool?
    let setsInstance: Bool
    let instanceID: String?
    let dependsOn: [String]?

    init(_ fields: inout FieldReader) {
        name = fields.optionalText("name", 1...255)
        kind = fields.optionalText("kind", 1...64)
        isCritical = fields.optionalBool("critical")
        setsInstance = fields.has("instance_id")
        instanceID = fields.optionalText("instance_id", 1...255)
        dependsOn = fields.strings("depends_on", maximum: 100, 1...64)
    }

    func apply(to draft: inout AssetDraft) {
        draft.name = name ?? draft.name
        draft.kind = kind ?? draft.kind
        draft.isCritical = isCritical ?? draft.isCritical
        if setsInstance { draft.instanceID = instanceID }
        draft.dependsOn = dependsOn?.map { AssetID($0) } ?? draft.dependsOn
    }
}
