import NIOCore

/// The text messages of one client, in their order.
///
/// Bounded: while nobody takes messages the socket is not read, which slows the client down. Iterate once, from one
/// task; who leaves the loop early gets no more messages, and what comes after is thrown away.
///
/// Ends when either side closes. Throws ``WebSocketFailure`` when the connection was lost or the client broke a rule.
public struct WebSocketMessages: AsyncSequence, Sendable {
    public typealias Element = String
    public typealias Failure = any Error

    typealias Producer = NIOThrowingAsyncSequenceProducer<
        String, any Error, NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark, Demand
    >

    /// Tells the event loop that the consumer wants more, or has left.
    struct Demand: NIOAsyncSequenceProducerDelegate {
        let handler: NIOLoopBound<WebSocketFrameHandler>
        let eventLoop: any EventLoop

        func produceMore() {
            eventLoop.execute { handler.value.consumerWantsMore() }
        }

        func didTerminate() {
            eventLoop.execute { handler.value.consumerLeft() }
        }
    }

    /// Takes one message after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        var producer: Producer.AsyncIterator

        /// The next message; nil when the connection has been closed in good order or the task was cancelled.
        public mutating func next() async throws -> String? {
            try await producer.next()
        }
    }

    private let producer: Producer

    /// A sequence and the end that feeds it. Call on the event loop of `handler`.
    static func make(
        for handler: WebSocketFrameHandler, on eventLoop: any EventLoop
    ) -> (messages: WebSocketMessages, source: Producer.Source) {
        let sequence = Producer.makeSequence(
            elementType: String.self, failureType: (any Error).self,
            backPressureStrategy: .init(lowWatermark: 2, highWatermark: 8), finishOnDeinit: true,
            delegate: Demand(handler: NIOLoopBound(handler, eventLoop: eventLoop), eventLoop: eventLoop))
        return (WebSocketMessages(producer: sequence.sequence), sequence.source)
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(producer: producer.makeAsyncIterator())
    }
}
