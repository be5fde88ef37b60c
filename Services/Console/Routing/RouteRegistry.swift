import HTTPServing
import HTTPTypes
import Hummingbird
import Store

/// Every route of the API. What the router serves, the document describes and the permission test tries comes from here.
public struct RouteRegistry: Sendable {
    public let routes: [Route]

    public init(routes: [Route]) {
        self.routes = routes
    }

    /// Adds the routes, and for each path a 405 for the methods that it does not take.
    func add(to router: Router<ConsoleContext>, gate: RouteGate) {
        let methods: [HTTPRequest.Method] = [.get, .post, .put, .patch, .delete]
        var taken: [String: [HTTPRequest.Method]] = [:]
        for route in routes {
            taken[route.path, default: []].append(route.method)
            router.on(RouterPath(route.path), method: route.method) { request, context in
                try await gate.answer(request, context: context, route: route)
            }
        }
        for (path, known) in taken {
            let allowed = known.map(\.rawValue).sorted().joined(separator: ", ")
            for method in methods where !known.contains(method) {
                router.on(RouterPath(path), method: method) { _, _ -> Response in
                    throw Problem(
                        .methodNotAllowed, detail: "This path takes \(allowed).", headers: [.allow: allowed])
                }
            }
        }
    }
}
