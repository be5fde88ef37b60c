import HTTPTypes

/// A path on which a client may turn its HTTP connection into a WebSocket.
///
/// Knows nothing of origins, sessions or rights: those are for ``accept`` to check.
public struct WebSocketEndpoint: Sendable {
    /// The path without a query, matched exactly: `/api/stream`.
    public var path: String
    /// Called with the request and the address of the TCP peer before the upgrade.
    ///
    /// Throw a ``Problem`` to refuse: it is answered over HTTP. Other errors go through ``translate``, then become a 500.
    public var accept: @Sendable (HTTPRequest, _ remoteAddress: String?) async throws -> WebSocketAcceptance
    /// Serves one connection. It is closed with 1000 when this returns; this is cancelled when the connection has ended.
    public var handle: @Sendable (WebSocketConnection, WebSocketAcceptance) async -> Void
    /// Problems for errors of other modules, such as a database that can't be reached.
    public var translate: @Sendable (any Error) -> Problem?

    public init(
        path: String,
        accept: @escaping @Sendable (HTTPRequest, _ remoteAddress: String?) async throws -> WebSocketAcceptance,
        handle: @escaping @Sendable (WebSocketConnection, WebSocketAcceptance) async -> Void,
        translate: @escaping @Sendable (any Error) -> Problem? = { _ in nil }
    ) {
        self.path = path
        self.accept = accept
        self.handle = handle
        self.translate = translate
    }
}

/// A client that may connect.
public struct WebSocketAcceptance: Sendable {
    /// The one subprotocol to select, out of those the client offers (``HTTPTypes/HTTPRequest/webSocketProtocols``); nil
    /// for none.
    public var subprotocol: String?
    /// Whatever ``WebSocketEndpoint/handle`` needs to know, such as who connects.
    public var userInfo: any Sendable

    public init(subprotocol: String? = nil, userInfo: any Sendable = ()) {
        self.subprotocol = subprotocol
        self.userInfo = userInfo
    }
}
