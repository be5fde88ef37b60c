/// How to reach a database and how much to ask of it.
///
/// Printing a configuration shows neither its URL nor a password.
public struct PostgresConfiguration: Sendable {
    /// A libpq URL, `postgresql://user:password@host1:5432,host2:5432/database?sslmode=verify-full`. With several hosts,
    /// the first that accepts writes is used. What the URL says wins over what this module would choose.
    public var url: String
    /// Shown in `pg_stat_activity`, at most 63 bytes.
    public var applicationName: String
    /// The role to take on after connecting (`SET ROLE`), such as one without the right to bypass row security.
    public var role: String?
    /// Most connections at once, at least 1.
    public var maximumConnections: Int
    /// Connections that ``PostgresPool/run()`` keeps open without work, at most ``maximumConnections``.
    public var minimumIdle: Int
    /// Time for one host to accept a connection; whole seconds, at least 2, are what libpq can do.
    public var connectTimeout: Duration
    /// Longest wait for a connection, including the time that connecting takes.
    public var acquireTimeout: Duration
    /// Longest run of one statement, enforced by the server; zero for no limit. Should the server not answer at all,
    /// the connection is given up a few seconds later.
    public var statementTimeout: Duration
    /// Longest pause inside a transaction, enforced by the server; zero for no limit.
    public var idleInTransactionTimeout: Duration
    /// How long a connection beyond ``minimumIdle`` stays open without work.
    public var idleTimeout: Duration

    /// Makes a configuration; see the properties for units and ranges. Does not look at the URL: see ``validate()``.
    public init(
        url: String, applicationName: String, role: String? = nil, maximumConnections: Int = 8, minimumIdle: Int = 0,
        connectTimeout: Duration = .seconds(5), acquireTimeout: Duration = .seconds(5),
        statementTimeout: Duration = .seconds(30), idleInTransactionTimeout: Duration = .seconds(30),
        idleTimeout: Duration = .seconds(60)
    ) {
        self.url = url
        self.applicationName = applicationName
        self.role = role
        self.maximumConnections = max(1, maximumConnections)
        self.minimumIdle = minimumIdle
        self.connectTimeout = connectTimeout
        self.acquireTimeout = acquireTimeout
        self.statementTimeout = statementTimeout
        self.idleInTransactionTimeout = idleInTransactionTimeout
        self.idleTimeout = idleTimeout
    }

    /// Refuses a URL that libpq cannot read. Does not connect.
    ///
    /// - Throws: ``PostgresError`` of kind ``PostgresError/Kind-swift.enum/invalidConfiguration``, without the URL.
    public func validate() throws {
        _ = try ConnectionParameters(self)
    }

    /// Time after which a statement without any answer means a dead server.
    var answerTimeout: Duration? {
        statementTimeout > .zero ? statementTimeout + .seconds(5) : nil
    }
}

extension PostgresConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The configuration without its URL.
    public var description: String {
        "PostgresConfiguration(applicationName: \(applicationName), role: \(role ?? "none"), "
            + "maximumConnections: \(maximumConnections))"
    }

    /// As ``description``.
    public var debugDescription: String { description }

    /// Keeps `dump` from showing the URL.
    public var customMirror: Mirror {
        Mirror(self, children: ["applicationName": applicationName, "maximumConnections": maximumConnections])
    }
}

extension Duration {
    /// Whole milliseconds, rounded up, at least 0.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let fraction = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return max(0, seconds.multipliedReportingOverflow(by: 1000).partialValue + fraction)
    }

    var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
