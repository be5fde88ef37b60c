import HTTPTypes
import Store

/// All routes, with the document that describes them.
enum APIRoutes {
    /// - Parameter version: Of this program.
    static func registry(core: ConsoleCore, version: String) -> RouteRegistry {
        let routes =
            AuthRoutes(core: core).routes + UserRoutes(core: core).routes + CompanyRoutes(core: core).routes
            + IntegrationRoutes(core: core).routes + AssetRoutes(core: core).routes
            + MaintenanceRoutes(core: core).routes + AlertRoutes(core: core).routes
            + IncidentRoutes(core: core).routes + OverviewRoutes(core: core).routes
        return RouteRegistry(routes: routes + [document(of: routes, version: version)])
    }

    /// The document describes itself too, so the route is made twice: once to be listed, once to answer.
    private static func document(of routes: [Route], version: String) -> Route {
        let listed = documentRoute { _ in .noContent }
        let json = OpenAPIDocument(
            registry: RouteRegistry(routes: routes + [listed]), schemas: Schemas.all, version: version
        ).json
        let reply = Reply.ok(json)
        return documentRoute { _ in reply }
    }

    private static func documentRoute(_ handler: @escaping Route.Handler) -> Route {
        Route(
            .get, "/api/openapi.json", tag: "operations", "This document.",
            permission: .everybody(because: "it describes the API and holds no data"), success: .ok(.anyObject),
            handler: handler)
    }
}
