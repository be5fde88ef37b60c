import Domain
import Foundation
import Postgres
import ZeroMQ

/// The table `service_instance`, by which processes find each other on the bus.
public struct PostgresInstanceDirectory: InstanceDirectory {
    private let pool: PostgresPool

    public init(pool: PostgresPool) {
        self.pool = pool
    }

    public func register(_ instance: ServiceInstance) async throws {
        _ = try await pool.execute(RegisterInstance(instance: instance))
    }

    public func heartbeat(_ id: String) async throws -> Bool {
        try await pool.execute(BeatInstance(id: id)) == 1
    }

    public func deregister(_ id: String) async throws {
        _ = try await pool.execute(DeregisterInstance(id: id))
    }

    public func liveInstances() async throws -> [ServiceInstance] {
        try await pool.query(ReadLiveInstances())
    }
}

/// Puts an instance into the directory and tells the others; clears away those that died an hour ago.
struct RegisterInstance: Statement {
    var instance: ServiceInstance

    typealias Row = Void
    static let name = "register_instance"
    static let sql = """
        WITH swept AS (
            DELETE FROM service_instance WHERE heartbeat_at < (SELECT aw_now()) - interval '1 hour' AND id <> $1
        ), written AS (
            INSERT INTO service_instance
                (id, service, host, pid, version, started_at, heartbeat_at, endpoints, curve_public_key)
            VALUES ($1, $2, $3, $4, $5, $6, aw_now(), $7, $8)
            ON CONFLICT (id) DO UPDATE SET heartbeat_at = excluded.heartbeat_at, endpoints = excluded.endpoints,
                curve_public_key = excluded.curve_public_key
            RETURNING service
        )
        SELECT pg_notify('aw_instances', service) FROM written
        """
    static let parameters: [PostgresType] = [.text, .text, .text, .int4, .text, .timestamptz, .jsonb, .text]
    static let columns = [Column("pg_notify", .void)]

    func bind(_ bindings: inout Bindings) {
        bindings.text(instance.id)
        bindings.text(instance.service)
        bindings.text(instance.host)
        bindings.int4(instance.pid)
        bindings.text(instance.version)
        bindings.timestamp(instance.startedAt)
        bindings.jsonb(JournalDraft.json(instance.endpoints))
        bindings.text(instance.curvePublicKey)
    }
}

/// A heartbeat; no row when the instance is not registered any more.
struct BeatInstance: Statement {
    var id: String

    typealias Row = Void
    static let name = "beat_instance"
    static let sql = "UPDATE service_instance SET heartbeat_at = aw_now() WHERE id = $1"
    static let parameters: [PostgresType] = [.text]

    func bind(_ bindings: inout Bindings) { bindings.text(id) }
}

struct DeregisterInstance: Statement {
    var id: String

    typealias Row = Void
    static let name = "deregister_instance"
    static let sql = """
        WITH gone AS (DELETE FROM service_instance WHERE id = $1 RETURNING service)
        SELECT pg_notify('aw_instances', service) FROM gone
        """
    static let parameters: [PostgresType] = [.text]
    static let columns = [Column("pg_notify", .void)]

    func bind(_ bindings: inout Bindings) { bindings.text(id) }
}

/// Instances whose heartbeat is younger than 10 seconds.
public struct ReadLiveInstances: Statement {
    public init() {}

    public typealias Row = ServiceInstance
    public static let name = "read_live_instances"
    public static let sql = """
        SELECT id, service, host, pid, version, started_at, heartbeat_at, endpoints, curve_public_key
        FROM service_instance WHERE heartbeat_at > (SELECT aw_now()) - interval '10 seconds'
        ORDER BY service, started_at, id
        """
    public static let parameters: [PostgresType] = []
    public static let columns = [
        Column("id", .text), Column("service", .text), Column("host", .text), Column("pid", .int4),
        Column("version", .text), Column("started_at", .timestamptz), Column("heartbeat_at", .timestamptz),
        Column("endpoints", .jsonb), Column("curve_public_key", .text),
    ]

    public func bind(_ bindings: inout Bindings) {}

    public static func decode(_ row: inout RowReader) throws -> ServiceInstance {
        let (id, service, host) = (try row.text(), try row.text(), try row.text())
        let pid = try row.int4()
        let version = try row.text()
        let (started, beat) = (try row.timestamp(), try row.timestamp())
        let endpoints = try JSONDecoder().decode([String: String].self, from: Data(try row.jsonb()))
        return ServiceInstance(
            id: id, service: service, host: host, pid: pid, version: version, startedAt: started, heartbeatAt: beat,
            endpoints: endpoints, curvePublicKey: try row.text())
    }
}
