import CLibPQ

extension PostgresError {
    /// What the server was doing when it failed, as far as it decides which of its words can be repeated.
    enum Stage {
        /// Preparing, describing or running a script: there are no values.
        case parsing
        /// Executing with values.
        case executing
    }

    /// The error that a failed result reports.
    ///
    /// Reads no detail, hint or context, and the message only where it cannot carry a value.
    init(result: QueryResult, isConnectionLost: Bool, stage: Stage) {
        let state = result.field(CLIBPQ_DIAG_SQLSTATE)
        let source = result.field(CLIBPQ_DIAG_SOURCE_FUNCTION)
        let isRaised = source == "exec_stmt_raise"
        let isParsing = stage == .parsing
        let message =
            state.flatMap { SQLState.mayPublishMessage($0, isParsing: isParsing) && !isRaised ? $0 : nil }
            .flatMap { _ in result.field(CLIBPQ_DIAG_MESSAGE_PRIMARY) }
        let kind: Kind =
            if isConnectionLost {
                .connectionLost
            } else if state == "26000" || (state == "0A000" && source == "RevalidateCachedQuery") {
                .stalePlan
            } else if state == "57014" {
                .statementTimeout
            } else {
                .server
            }
        self.init(
            kind, sqlState: state, schema: result.field(CLIBPQ_DIAG_SCHEMA_NAME),
            table: result.field(CLIBPQ_DIAG_TABLE_NAME), column: result.field(CLIBPQ_DIAG_COLUMN_NAME),
            constraint: result.field(CLIBPQ_DIAG_CONSTRAINT_NAME),
            position: isParsing ? result.field(CLIBPQ_DIAG_STATEMENT_POSITION).flatMap { Int($0) } : nil,
            publicMessage: message)
    }

    /// The error of a failed connection attempt.
    ///
    /// libpq's text names hosts, ports, users and causes, never a password.
    init(connectMessage message: String, sqlState: String?) {
        let lines = message.split(whereSeparator: \.isNewline).map { $0.trimmingWhitespace() }
        self.init(.connectionFailed, sqlState: sqlState, publicMessage: lines.joined(separator: "; "))
    }
}

extension Substring {
    fileprivate func trimmingWhitespace() -> String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
