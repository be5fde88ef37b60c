import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// The context of a webhook request: knows the sender's address.
struct WebhookContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: String

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress ?? "unknown"
    }

    /// The address of the client: the connection's, or with `proxies` in front, the one that the outermost of them
    /// saw. Entries that clients put in front of that are not believed.
    func senderAddress(of request: Request, proxies: Int) -> String {
        guard proxies > 0, let forwarded = request.headers[WebhookHeader.forwardedFor] else { return remoteAddress }
        let hops = forwarded.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        guard hops.count >= proxies else { return remoteAddress }
        return hops[hops.count - proxies]
    }
}
