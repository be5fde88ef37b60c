/// The instances to connect to and to let in.
struct Fleet: Sendable, Equatable {
    var instances: [ServiceInstance] = []

    /// Keys that may complete a handshake.
    var keys: Set<String> { Set(instances.map(\.curvePublicKey)) }

    /// Endpoint → public key of every instance that binds the channel.
    ///
    /// Rows that can't be connected to (not TCP, key of the wrong length) are left out. Where two rows name one
    /// endpoint the one that started later holds the port.
    func targets(of channel: Channel) -> [String: String] {
        var targets: [String: String] = [:]
        for instance in instances.sorted(by: { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }) {
            guard let endpoint = instance.endpoints[channel.name], endpoint.hasPrefix("tcp://"),
                instance.curvePublicKey.utf8.count == CurveKeyPair.keyLength
            else { continue }
            targets[endpoint] = instance.curvePublicKey
        }
        return targets
    }
}

/// Turns readings of the directory into a fleet, and decides when a missing instance counts as gone.
///
/// While the directory can't be read nobody is dropped. After that nobody is dropped for `grace` either: heartbeats
/// could not be written in the meantime, so living instances look dead until their next one.
struct FleetView {
    private(set) var fleet = Fleet()
    private let grace: Duration
    private var wasUnreadable = false
    private var keepAllUntil: ContinuousClock.Instant?

    init(grace: Duration) {
        self.grace = grace
    }

    /// Takes over a successful reading.
    mutating func read(_ live: [ServiceInstance], at now: ContinuousClock.Instant) -> Fleet {
        if wasUnreadable {
            wasUnreadable = false
            keepAllUntil = now + grace
        }
        var instances = live
        if let keepAllUntil, now < keepAllUntil {
            let seen = Set(live.map(\.id))
            instances += fleet.instances.filter { !seen.contains($0.id) }
        } else {
            keepAllUntil = nil
        }
        fleet = Fleet(instances: instances)
        return fleet
    }

    /// Notes that a reading failed.
    mutating func couldNotRead() {
        wasUnreadable = true
    }
}
