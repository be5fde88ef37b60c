/// Every setting of every process. `docs/configuration.md` and `.env.example` are held to this list by a test.
public enum SettingsCatalogue {
    public static let databaseURL = Setting(
        "AW_DATABASE_URL", .url, default: "postgres://127.0.0.1:5432/alert_whisperer", secret: true,
        "The PostgreSQL database. Several hosts may be named, separated by commas; the one that takes writes is used.")
    public static let masterKey = Setting(
        "AW_MASTER_KEY", .text, default: nil, secret: true,
        "Keys that seal secrets at rest, newest first: id:base64 of 32 bytes, separated by commas.")
    public static let logLevel = Setting(
        "AW_LOG_LEVEL", .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]), default: "info",
        "The least severe log line that is written.")
    public static let logFormat = Setting(
        "AW_LOG_FORMAT", .choice(["text", "json"]), default: "text", "How log lines look.")
    public static let advertiseHost = Setting(
        "AW_ADVERTISE_HOST", .text, default: "127.0.0.1",
        "The address under which other processes reach this one's bus sockets.")
    public static let databaseConnections = Setting(
        "AW_DATABASE_CONNECTIONS", .integer(2...200), default: "8",
        "The most connections to PostgreSQL that one process holds.")

    public static let ingestHost = Setting(
        "AW_INGEST_HOST", .text, default: "127.0.0.1", "The address on which Ingest listens.")
    public static let ingestPort = Setting(
        "AW_INGEST_PORT", .integer(0...65535), default: "8080", "The port on which Ingest listens; 0 takes a free one.")
    public static let ingestBodyBytes = Setting(
        "AW_INGEST_BODY_BYTES", .integer(1024...67_108_864), default: "1048576",
        "The largest body of a webhook request, in bytes.")
    public static let ingestConnections = Setting(
        "AW_INGEST_CONNECTIONS", .integer(1...100_000), default: "4096", "The most client connections at once.")
    public static let ingestHeadSeconds = Setting(
        "AW_INGEST_HEAD_SECONDS", .integer(1...300), default: "10",
        "How long a client may take to send a request's head, in seconds.")
    public static let ingestBodySeconds = Setting(
        "AW_INGEST_BODY_SECONDS", .integer(1...300), default: "15",
        "How long a client may take to send a request's body, in seconds.")
    public static let ingestTrustedProxies = Setting(
        "AW_INGEST_TRUSTED_PROXIES", .integer(0...10), default: "0",
        "How many proxies in front add to X-Forwarded-For; 0 takes the address of the connection.")

    public static let consoleHost = Setting(
        "AW_CONSOLE_HOST", .text, default: "127.0.0.1", "The address on which the Console listens.")
    public static let consolePort = Setting(
        "AW_CONSOLE_PORT", .integer(0...65535), default: "8000",
        "The port on which the Console listens; 0 takes a free one.")
    public static let consolePublicURL = Setting(
        "AW_CONSOLE_PUBLIC_URL", .text, default: "http://127.0.0.1:8000",
        "The address under which people reach the Console; https makes the session cookie Secure.")
    public static let consoleTrustedProxies = Setting(
        "AW_CONSOLE_TRUSTED_PROXIES", .integer(0...10), default: "0",
        "How many proxies in front of the Console add to X-Forwarded-For; 0 takes the address of the connection.")
    public static let ingestPublicURL = Setting(
        "AW_INGEST_PUBLIC_URL", .text, default: "http://127.0.0.1:8080",
        "The address under which monitoring tools reach Ingest; shown in webhook URLs.")

    public static let correlatorOperationsPort = Setting(
        "AW_CORRELATOR_OPERATIONS_PORT", .integer(0...65535), default: "8081",
        "The port of the Correlator's health checks and metrics; 0 takes a free one.")
    public static let slaWatchOperationsPort = Setting(
        "AW_SLAWATCH_OPERATIONS_PORT", .integer(0...65535), default: "8082",
        "The port of SLAWatch's health checks and metrics; 0 takes a free one.")
    public static let operationsHost = Setting(
        "AW_OPERATIONS_HOST", .text, default: "127.0.0.1",
        "The address on which processes without an API of their own serve health checks and metrics.")

    /// In the order of the documentation.
    public static let all: [Setting] = [
        databaseURL, databaseConnections, masterKey, advertiseHost, logLevel, logFormat, operationsHost,
        ingestHost, ingestPort, ingestPublicURL, ingestBodyBytes, ingestConnections, ingestHeadSeconds,
        ingestBodySeconds, ingestTrustedProxies, consoleHost, consolePort, consolePublicURL, consoleTrustedProxies,
        correlatorOperationsPort, slaWatchOperationsPort,
    ]
}
