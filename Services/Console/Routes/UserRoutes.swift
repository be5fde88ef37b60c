import Domain
import HTTPServing
import HTTPTypes
import Store

/// People. MSP admins manage everybody, company admins the people of their own company.
struct UserRoutes: Sendable {
    let core: ConsoleCore

    var routes: [Route] { [list, create, item, update, delete] }

    /// Roles that a company admin may give: those inside their company.
    private static let rolesInCompany: Set<Role> = [.companyAdmin, .clientViewer]

    private static let fields: [(String, Schema)] = [
        ("email", .string(3...254)), ("name", .string(1...200)), ("role", Schemas.role),
        ("password", .string(UserStore.passwordLength)), ("company_ids", Schemas.ids),
        ("skills", .list(of: .string(1...64), maximum: 50)), ("availability", Schemas.availability),
    ]

    private var list: Route {
        Route(
            .get, "/api/users", tag: "users", "People whom the viewer may see, oldest first.",
            permission: .roles(.responders, .companyInQuery),
            query: [
                .init("company_id", .string(), "Only those who belong to it or serve it."),
                .init("role", Schemas.role, "Only those of this role."),
                .init("q", .string(0...200), "Part of the name."),
            ] + PageRequest.parameters, success: .ok(.page(of: .named("User")))
        ) { request in
            var query = request.queryReader
            let page = PageRequest(&query, list: "users")
            let role = query.choices("role", Role.self).last
            let text = query.text("q")
            try query.check()
            let company = request.text("company_id") == nil ? nil : try request.companies().first
            let users = try await core.read(request) { transaction in
                try await core.users.list(
                    companyID: company, role: role, text: text, after: page.after.map { UserID($0) },
                    limit: page.fetch, in: transaction)
            }
            return .ok(page.page(users, list: "users", key: \.id.rawValue, json: Self.json))
        }
    }

    private var create: Route {
        Route(
            .post, "/api/users", tag: "users", "Add a person.", permission: .roles(.administrators, .none),
            body: .init(
                .object(Self.fields, optional: ["company_ids", "skills", "availability"]),
                example: [
                    "email": "kim@example.com", "name": "Kim", "role": "technician",
                    "password": "a long enough password", "company_ids": [], "skills": ["linux"],
                ]),
            success: .created(.named("User")), refusals: [.conflict]
        ) { request in
            let viewer = try request.signedIn()
            var fields = request.fields
            let blank = UserDraft(
                email: fields.text("email", 3...254), name: fields.text("name", 1...200), role: .clientViewer)
            if !fields.has("role") { fields.note("role", "is missing") }
            let password = fields.text("password", UserStore.passwordLength)
            let draft = Self.changed(blank, &fields, by: viewer)
            try fields.check()
            let hash = try await core.users.hash(password)
            let user = try await core.change(request) { transaction in
                try await core.users.create(
                    draft, passwordHash: hash, actor: viewer.actor, now: request.now, in: transaction)
            }
            return .created(Self.json(user), location: "/api/users/\(user.id)", version: user.version)
        }
    }

    private var item: Route {
        Route(
            .get, "/api/users/{id}", tag: "users", "A person.", permission: .roles(.responders, .item(.user)),
            success: .ok(.named("User"))
        ) { request in
            let user = try await core.read(request) { try await core.users.user(UserID(request.id), in: $0) }
            guard let user else { throw Problem.notFound("user") }
            return .ok(Self.json(user), version: user.version)
        }
    }

    private var update: Route {
        Route(
            .patch, "/api/users/{id}", tag: "users",
            "Change a person. A new password ends their sessions and API tokens.",
            permission: .roles(.administrators, .item(.user)),
            body: .init(.changes(Self.fields), example: ["name": "Kim Lee", "availability": "busy"]),
            success: .ok(.named("User")), refusals: [.conflict, .version]
        ) { request in
            let viewer = try request.signedIn()
            let old = try await find(request, viewer)
            var fields = request.fields
            let draft = Self.changed(UserDraft(old), &fields, by: viewer)
            let password = fields.optionalText("password", UserStore.passwordLength)
            try fields.check()
            var hash: String?
            if let password { hash = try await core.users.hash(password) }
            let fresh = hash
            // Before the change and after it: a stop in between must not leave them open.
            if hash != nil { try await core.sessions.endAll(of: old.id, now: request.now) }
            let user = try await core.change(request) { transaction in
                try await core.users.update(
                    old.id, to: draft, passwordHash: fresh, version: request.ifMatch ?? old.version,
                    actor: viewer.actor, now: request.now, in: transaction)
            }
            if hash != nil { try await core.sessions.endAll(of: old.id, now: request.now) }
            return .ok(Self.json(user), version: user.version)
        }
    }

    private var delete: Route {
        Route(
            .delete, "/api/users/{id}", tag: "users", "Take a person away; their sessions end.",
            permission: .roles(.administrators, .item(.user)), success: .noContent, refusals: [.conflict, .version]
        ) { request in
            let viewer = try request.signedIn()
            let old = try await find(request, viewer)
            guard old.id != viewer.userID else {
                throw Problem(.conflict, title: "own_account", detail: "Nobody deletes their own account.")
            }
            _ = try await core.change(request) { transaction in
                try await core.users.delete(
                    old.id, version: request.ifMatch, actor: viewer.actor, now: request.now, in: transaction)
            }
            try await core.sessions.endAll(of: old.id, now: request.now)
            return .noContent
        }
    }

    /// The person in the path, if the viewer may change them: company admins only those at home with them.
    private func find(_ request: APIRequest, _ viewer: SignedIn) async throws -> UserRecord {
        let user = try await core.read(request) { try await core.users.user(UserID(request.id), in: $0) }
        guard let user else { throw Problem.notFound("user") }
        guard viewer.companies.contains(user.companyID) else {
            throw Problem.forbidden("The person does not belong to your company.")
        }
        return user
    }

    /// The draft with the fields of the body, as far as the viewer may give them.
    private static func changed(_ old: UserDraft, _ fields: inout FieldReader, by viewer: SignedIn) -> UserDraft {
        var draft = old
        draft.email = fields.optionalText("email", 3...254) ?? old.email
        draft.name = fields.optionalText("name", 1...200) ?? old.name
        draft.role = fields.choice("role", Role.self) ?? old.role
        draft.skills = fields.strings("skills", maximum: 50, 1...64) ?? old.skills
        draft.availability = fields.choice("availability", Availability.self) ?? old.availability
        if let ids = fields.strings("company_ids", maximum: 1000, 1...65) {
            draft.companyIDs = ids.map { CompanyID($0) }
            if !draft.companyIDs.allSatisfy(viewer.clientCompanies.contains) {
                fields.note("company_ids", "must name companies that are there and that you may see")
            }
        }
        if viewer.role != .mspAdmin, !rolesInCompany.contains(draft.role) {
            fields.note("role", "must be company_admin or client_viewer")
        }
        return draft
    }

    static func json(_ user: UserRecord) -> JSONValue {
        [
            "id": .string(user.id.rawValue), "email": .string(user.email), "name": .string(user.name),
            "role": .string(user.role.rawValue), "company_ids": .strings(user.companyIDs.map(\.rawValue)),
            "skills": .strings(user.skills), "availability": .string(user.availability.rawValue),
            "created_at": .string(user.createdAt.rfc3339), "updated_at": .string(user.updatedAt.rfc3339),
            "version": .integer(Int(user.version)),
        ]
    }
}
