/// Hints that the directory should be read; any number given before the next reading count as one.
struct RefreshHints: Sendable {
    /// For one consumer.
    let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func give() {
        continuation.yield()
    }
}
