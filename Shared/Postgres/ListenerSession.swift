import CLibPQ
import Foundation

/// The connection of a listener. Runs on a thread of its own, where it blocks until something arrives.
actor ListenerSession {
    private nonisolated let thread: BlockingThread
    private let configuration: PostgresConfiguration
    private let channels: [String]
    private let wakePipe: WakePipe
    private var link: Link?

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(configuration: PostgresConfiguration, channels: [String], wakePipe: WakePipe) {
        thread = BlockingThread(name: "pg-listen")
        self.configuration = configuration
        self.channels = channels
        self.wakePipe = wakePipe
    }

    /// Connects and subscribes to all channels; what is committed on the server from then on arrives.
    func connect() throws(PostgresError) {
        let link = try Link.open(configuration)
        var commands: [String] = []
        for channel in channels { commands.append("LISTEN \(try link.identifier(channel))") }
        let sql = commands.joined(separator: "; ")
        _ = try link.exchange(.parsing, deadline: .now + configuration.connectTimeout + .seconds(5)) {
            PQsendQuery($0, sql)
        }
        self.link = link
    }

    func disconnect() {
        link?.close()
        link = nil
    }

    /// Blocks until notifications have arrived or the pipe is woken.
    ///
    /// - Returns: The notifications in their order; none when woken.
    /// - Throws: Kind ``PostgresError/Kind-swift.enum/connectionLost``.
    func next() throws(PostgresError) -> [PostgresListener.Event] {
        guard let pointer = link?.pointer else { throw Link.lost(nil) }
        while true {
            guard PQconsumeInput(pointer) == 1, PQstatus(pointer) == CONNECTION_OK else { throw Link.lost(nil) }
            let events = notifications(pointer)
            if !events.isEmpty { return events }
            if waitForInput(PQsocket(pointer)) { return [] }
        }
    }

    private func notifications(_ pointer: OpaquePointer) -> [PostgresListener.Event] {
        var events: [PostgresListener.Event] = []
        while let notification = PQnotifies(pointer) {
            defer { PQfreemem(notification) }
            let channel = notification.pointee.relname.map { String(cString: $0) } ?? ""
            let payload = notification.pointee.extra.map { String(cString: $0) } ?? ""
            events.append(.notification(channel: channel, payload: payload))
        }
        return events
    }

    /// Whether the pipe was woken while waiting.
    private func waitForInput(_ socket: Int32) -> Bool {
        var descriptors = [
            pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wakePipe.readEnd, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&descriptors, 2, -1)
        return descriptors[1].revents != 0
    }
}
