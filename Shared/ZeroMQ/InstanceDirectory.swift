/// Where instances find each other.
///
/// Whoever may write to the directory may join the bus: the keys it holds are the only ones let in.
public protocol InstanceDirectory: Sendable {
    /// Makes the instance visible, or replaces the row with its id. The heartbeat is set by the directory's clock.
    ///
    /// - Throws: Any error; the bus tries again.
    func register(_ instance: ServiceInstance) async throws

    /// Says that the instance lives.
    ///
    /// - Returns: `false` when the row is gone: register again.
    /// - Throws: Any error; the bus tries again at the next interval.
    func heartbeat(_ id: String) async throws -> Bool

    /// Takes the instance out. No error when it is not there.
    func deregister(_ id: String) async throws

    /// The instances whose heartbeat is younger than 10 s by the directory's clock, in no particular order.
    ///
    /// - Throws: Any error; the bus then keeps the peers it has.
    func liveInstances() async throws -> [ServiceInstance]
}
