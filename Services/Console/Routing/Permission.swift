import Store

/// Who may use a route, and which company it acts on. Every route has one: there is no default.
public struct Permission: Sendable, Equatable {
    public enum Audience: Sendable, Equatable {
        /// Anybody, for the reason given.
        case everybody(reason: String)
        /// Anybody who is signed in.
        case signedIn
        case roles(Set<Role>)
    }

    /// Where the company stands that a request acts on.
    public enum Scope: Sendable, Equatable {
        /// It acts on no company, or on all that the viewer may see.
        case none
        /// In the path, as `{id}`.
        case companyInPath
        /// The row named by `{id}` in the path belongs to it.
        case item(ItemKind)
        /// It may be narrowed by `?company_id=`.
        case companyInQuery
    }

    public var audience: Audience
    public var scope: Scope

    /// For what must be reachable without signing in.
    public static func everybody(because reason: String) -> Permission {
        Permission(audience: .everybody(reason: reason), scope: .none)
    }

    public static let signedIn = Permission(audience: .signedIn, scope: .none)

    public static func roles(_ roles: Set<Role>, _ scope: Scope) -> Permission {
        Permission(audience: .roles(roles), scope: scope)
    }

    /// Whether a role may use the route at all.
    public func allows(_ role: Role) -> Bool {
        switch audience {
        case .everybody, .signedIn: true
        case .roles(let roles): roles.contains(role)
        }
    }
}

extension Set<Role> {
    public static let everyRole = Set(Role.allCases)
    /// Those who work on incidents.
    public static let responders: Set<Role> = [.mspAdmin, .companyAdmin, .technician]
    /// Those who change a company's settings.
    public static let administrators: Set<Role> = [.mspAdmin, .companyAdmin]
    public static let provider: Set<Role> = [.mspAdmin]
}
