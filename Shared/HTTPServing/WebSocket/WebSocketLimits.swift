import NIOCore

/// What one WebSocket connection may use: memory, time and the client's patience.
public struct WebSocketLimits: Sendable {
    /// Payload bytes of one frame from the client; more closes with 1009.
    public var maximumFrameBytes: Int
    /// Bytes of one message from the client, all fragments together; more closes with 1009.
    public var maximumMessageBytes: Int
    /// Pings, pongs and close frames a client may send within one second; more closes with 1008.
    public var maximumControlFramesPerSecond: Int
    /// From one ping of the server to the next.
    public var pingInterval: TimeAmount
    /// From a ping to its pong; later closes with 4409.
    public var pongTimeout: TimeAmount
    /// Frames that may wait for the client to read; more closes with 4408.
    public var outboundQueueFrames: Int
    /// Payload bytes that may wait for the client to read; more closes with 4408. A message larger than this is sent
    /// all the same when nothing else waits.
    public var outboundQueueBytes: Int
    /// From a close frame, either side's, to the end of the connection; then it is cut.
    public var closeTimeout: TimeAmount

    public init(
        maximumFrameBytes: Int = 64 * 1024, maximumMessageBytes: Int = 64 * 1024,
        maximumControlFramesPerSecond: Int = 50, pingInterval: TimeAmount = .seconds(20),
        pongTimeout: TimeAmount = .seconds(10), outboundQueueFrames: Int = 256, outboundQueueBytes: Int = 1024 * 1024,
        closeTimeout: TimeAmount = .seconds(5)
    ) {
        self.maximumFrameBytes = maximumFrameBytes
        self.maximumMessageBytes = maximumMessageBytes
        self.maximumControlFramesPerSecond = maximumControlFramesPerSecond
        self.pingInterval = pingInterval
        self.pongTimeout = pongTimeout
        self.outboundQueueFrames = outboundQueueFrames
        self.outboundQueueBytes = outboundQueueBytes
        self.closeTimeout = closeTimeout
    }
}
