import Foundation

/// Hashes and checks passwords away from the threads that serve requests: two at once, the others wait their turn.
public struct PasswordHashing: Sendable {
    /// So many wait already that this one would wait for seconds: try again later.
    public struct Busy: Error {}

    private let queue: OperationQueue
    private let maximumWaiting: Int

    /// - Parameter maximumWaiting: More than this many at once are refused, so that a flood of sign-ins can't pile up.
    public init(maximumWaiting: Int = 100) {
        queue = OperationQueue()
        queue.name = "password-hashing"
        queue.maxConcurrentOperationCount = 2
        self.maximumWaiting = maximumWaiting
    }

    /// See ``PasswordHash/make(_:)``.
    ///
    /// - Throws: ``Busy``.
    public func make(_ password: String) async throws -> String {
        try await run { Result { try PasswordHash.make(password) } }.get()
    }

    /// Whether the password is right. Takes as long when there is no stored hash, so that time does not tell whether a
    /// person is known.
    ///
    /// - Throws: ``Busy``.
    public func verify(_ password: String, against stored: String?) async throws -> Bool {
        let isRight = try await run { PasswordHash.verify(password, against: stored ?? Self.nobody) }
        return isRight && stored != nil
    }

    /// The hash of a password that nobody knows.
    private static let nobody = (try? PasswordHash.make(RandomToken.make())) ?? ""

    private func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async throws -> Value {
        guard queue.operationCount < maximumWaiting else { throw Busy() }
        return await withCheckedContinuation { continuation in
            queue.addOperation { continuation.resume(returning: work()) }
        }
    }
}
