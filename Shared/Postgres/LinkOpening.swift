import CLibPQ

extension Link {
    /// Connects and sets up the session: UTC, UTF-8, time limits, role. Blocks for at most the connect timeout per host.
    ///
    /// - Throws: Kinds ``PostgresError/Kind-swift.enum/connectionFailed`` and
    ///   ``PostgresError/Kind-swift.enum/invalidConfiguration``.
    static func open(_ configuration: PostgresConfiguration) throws(PostgresError) -> Link {
        let parameters = try ConnectionParameters(configuration)
        guard let pointer = parameters.withArrays({ PQconnectdbParams($0, $1, 0) }) ?? nil else {
            throw PostgresError(.connectionFailed, publicMessage: "out of memory")
        }
        let link = Link(adopting: pointer)
        if !link.isUsable { try link.retryForState(pointer) }
        link.receiveNotices()
        PQsetnonblocking(pointer, 1)
        do {
            try link.setUp(configuration)
        } catch {
            throw error.with(kind: .connectionFailed)
        }
        return link
    }

    /// Learns the SQLSTATE of a refused connection, which libpq tells only in a text of its own and only when told
    /// beforehand. The server has just answered, so asking it once more costs little; and it may even accept.
    private func retryForState(_ pointer: OpaquePointer) throws(PostgresError) {
        let message = PQerrorMessage(pointer).map { String(cString: $0) } ?? ""
        guard message.contains("FATAL:") else { throw PostgresError(connectMessage: message, sqlState: nil) }
        PQsetErrorVerbosity(pointer, PQERRORS_SQLSTATE)
        PQreset(pointer)
        PQsetErrorVerbosity(pointer, PQERRORS_DEFAULT)
        if isUsable { return }
        let brief = PQerrorMessage(pointer).map { String(cString: $0) } ?? ""
        let state = brief.split(whereSeparator: { $0.isWhitespace || $0 == ":" }).drop { $0 != "FATAL" }.dropFirst()
            .first { $0.utf8.count == 5 && $0.allSatisfy { $0.isASCII && ($0.isUppercase || $0.isNumber) } }
        throw PostgresError(connectMessage: message, sqlState: state.map(String.init))
    }

    private func setUp(_ configuration: PostgresConfiguration) throws(PostgresError) {
        let settings = [
            ("TimeZone", "UTC"),
            ("statement_timeout", "\(configuration.statementTimeout.milliseconds)"),
            ("idle_in_transaction_session_timeout", "\(configuration.idleInTransactionTimeout.milliseconds)"),
        ]
        var sql = try "SELECT \(setConfig(settings, isLocal: false))"
        if let role = configuration.role {
            sql += "; SET ROLE \(try identifier(role))"
        }
        _ = try exchange(.parsing, deadline: .now + configuration.connectTimeout + .seconds(5)) {
            PQsendQuery($0, sql)
        }
    }

    /// `set_config` calls for a select list, safely quoted.
    func setConfig(
        _ settings: [(name: String, value: String)], isLocal: Bool
    ) throws(PostgresError) -> String {
        var calls: [String] = []
        for setting in settings {
            calls.append(
                "pg_catalog.set_config(\(try literal(setting.name)), \(try literal(setting.value)), \(isLocal))")
        }
        return calls.joined(separator: ", ")
    }

    /// The text as an SQL literal. A NUL character ends no text here: it is refused.
    func literal(_ text: String) throws(PostgresError) -> String {
        try quoted(text, by: PQescapeLiteral)
    }

    /// The text as an SQL identifier.
    func identifier(_ text: String) throws(PostgresError) -> String {
        try quoted(text, by: PQescapeIdentifier)
    }

    private func quoted(
        _ text: String, by escape: (OpaquePointer?, UnsafePointer<CChar>?, Int) -> UnsafeMutablePointer<CChar>?
    ) throws(PostgresError) -> String {
        guard !text.utf8.contains(0), let pointer, let quoted = escape(pointer, text, text.utf8.count) else {
            throw PostgresError(.misuse, publicMessage: "a setting, role or channel cannot be quoted")
        }
        defer { PQfreemem(quoted) }
        return String(cString: quoted)
    }
}
