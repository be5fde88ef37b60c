import Foundation
import Hummingbird
import NIOCore

/// The context of a request: knows the sender's address.
public struct ConsoleContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    let remoteAddress: String

    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress ?? "unknown"
    }

    /// The address of the client: the connection's, or with `proxies` in front, the one that the outermost of them saw.
    /// Entries that clients put in front of that are not believed.
    func senderAddress(of request: Request, proxies: Int) -> String {
        guard proxies > 0 else { return remoteAddress }
        let hops = request.headers[values: .forwardedFor].joined(separator: ",")
            .split(separator: ",").map { String($0).trimmingSpaces }
        guard hops.count >= proxies else { return remoteAddress }
        return String(hops[hops.count - proxies].prefix(64))
    }
}
