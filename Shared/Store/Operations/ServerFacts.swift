import Domain
import Postgres

/// What an operator wants to know of the database server. Needs no schema and no role.
public struct ServerFacts: Sendable, Equatable {
    /// As the server says it, `15.20`.
    public var version: String
    /// 150020 for 15.20.
    public var versionNumber: Int
    /// A standby, which takes no writes.
    public var isStandby: Bool
    public var isFsyncOn: Bool
    public var isSynchronousCommitOn: Bool
    public var connections: Int
    public var maximumConnections: Int
    /// The server's clock when it answered.
    public var now: Timestamp

    public init(
        version: String, versionNumber: Int, isStandby: Bool, isFsyncOn: Bool, isSynchronousCommitOn: Bool,
        connections: Int, maximumConnections: Int, now: Timestamp
    ) {
        self.version = version
        self.versionNumber = versionNumber
        self.isStandby = isStandby
        self.isFsyncOn = isFsyncOn
        self.isSynchronousCommitOn = isSynchronousCommitOn
        self.connections = connections
        self.maximumConnections = maximumConnections
        self.now = now
    }
}

/// One row. Connections of other databases of the server count too.
public struct ReadServerFacts: Statement {
    public init() {}

    public typealias Row = ServerFacts
    public static let name = "read_server_facts"
    public static let sql = """
        SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int8 AS number,
            pg_is_in_recovery() AS standby, current_setting('fsync') = 'on' AS fsync,
            current_setting('synchronous_commit') <> 'off' AS synchronous,
            (SELECT count(*) FROM pg_stat_activity WHERE datid IS NOT NULL) AS connections,
            current_setting('max_connections')::int8 AS maximum, clock_timestamp() AS now
        """
    public static let parameters: [PostgresType] = []
    public static let columns = [
        Column("version", .text), Column("number", .int8), Column("standby", .bool), Column("fsync", .bool),
        Column("synchronous", .bool), Column("connections", .int8), Column("maximum", .int8),
        Column("now", .timestamptz),
    ]

    public func bind(_ bindings: inout Bindings) {}

    public static func decode(_ row: inout RowReader) throws -> ServerFacts {
        ServerFacts(
            version: try row.text(), versionNumber: try row.int(), isStandby: try row.bool(),
            isFsyncOn: try row.bool(), isSynchronousCommitOn: try row.bool(), connections: try row.int(),
            maximumConnections: try row.int(), now: try row.instant())
    }
}

/// One of our database roles as the user who is logged in finds it.
public struct RoleFacts: Sendable, Equatable {
    public var name: String
    public var exists: Bool
    /// Whether the user may take it on.
    public var isUsable: Bool

    public init(name: String, exists: Bool, isUsable: Bool) {
        self.name = name
        self.exists = exists
        self.isUsable = isUsable
    }
}

/// A row for each of `aw_owner`, `aw_worker` and `aw_console`.
public struct ReadRoleFacts: Statement {
    public init() {}

    public typealias Row = RoleFacts
    public static let name = "read_role_facts"
    public static let sql = """
        SELECT wanted AS name, to_regrole(wanted) IS NOT NULL AS present,
            CASE WHEN to_regrole(wanted) IS NULL THEN false
                ELSE pg_has_role(session_user, to_regrole(wanted), 'MEMBER') END AS usable
        FROM unnest(ARRAY['aw_owner', 'aw_worker', 'aw_console']) AS wanted
        """
    public static let parameters: [PostgresType] = []
    public static let columns = [Column("name", .text), Column("present", .bool), Column("usable", .bool)]

    public func bind(_ bindings: inout Bindings) {}

    public static func decode(_ row: inout RowReader) throws -> RoleFacts {
        RoleFacts(name: try row.text(), exists: try row.bool(), isUsable: try row.bool())
    }
}

/// Names the data, so that what is kept of one database is not taken for another's: the moment of its first migration.
/// A copy that was restored has the same name. No row before the first migration.
public struct ReadDatabaseMark: Statement {
    public init() {}

    public typealias Row = String
    public static let name = "read_database_mark"
    public static let sql = """
        SELECT current_database() || '/' || (extract(epoch FROM applied_at) * 1000000)::int8 AS mark
        FROM schema_migration WHERE version = 1
        """
    public static let parameters: [PostgresType] = []
    public static let columns = [Column("mark", .text)]

    public func bind(_ bindings: inout Bindings) {}

    public static func decode(_ row: inout RowReader) throws -> String { try row.text() }
}
