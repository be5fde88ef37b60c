/// Why the database did not do what it was asked, and whether to ask again.
///
/// Holds no bind value, no password and no server text that could carry one, so ``description`` is safe to log.
public struct PostgresError: Error, Sendable, Equatable {
    /// What went wrong, in the terms of this module.
    public enum Kind: String, Sendable {
        /// No connection could be made. ``PostgresError/sqlState`` tells when the server refused it.
        case connectionFailed
        /// The connection ended, or the server stopped answering; the work since the last commit is undone.
        case connectionLost
        /// The server refused the statement; ``PostgresError/sqlState`` says why.
        case server
        /// The table or view changed under a prepared statement. It is prepared anew at its next use.
        case stalePlan
        /// The server stopped the statement: it ran longer than the configured limit, or an administrator stopped it.
        case statementTimeout
        /// No connection became free in time.
        case acquireTimeout
        /// The task was cancelled.
        case cancelled
        /// A result does not fit the statement's declaration. A defect of the program or a missing migration.
        case decoding
        /// Bound parameters do not fit the statement's declaration, or a value does not fit its type.
        case binding
        /// A statement of the transaction failed, its error was swallowed, and so nothing could be committed.
        case transactionAborted
        /// The connection ended while the server was committing: the transaction may or may not have happened.
        case commitOutcomeUnknown
        /// The pool has been closed or is shutting down.
        case poolClosed
        /// The connection URL cannot be used.
        case invalidConfiguration
        /// A connection or transaction was used after its scope, or in a way that it does not support.
        case misuse
    }

    /// What went wrong.
    public let kind: Kind
    /// The server's five-character code, when it gave one.
    public let sqlState: String?
    /// The name of the statement, when one was running.
    public let statement: String?
    /// The schema of ``table``, when the server named one.
    public let schema: String?
    /// The table concerned, when the server named one.
    public let table: String?
    /// The column concerned, of the table or, for errors of decoding, of the result.
    public let column: String?
    /// The violated constraint, when the server named one.
    public let constraint: String?
    /// Where in the SQL the error is, in characters from 1; only for errors of parsing.
    public let position: Int?
    /// What happened, without values. `nil` when the server's text might carry one.
    public let publicMessage: String?

    /// Makes an error. `publicMessage` must hold no value of a user.
    public init(
        _ kind: Kind, sqlState: String? = nil, statement: String? = nil, schema: String? = nil, table: String? = nil,
        column: String? = nil, constraint: String? = nil, position: Int? = nil, publicMessage: String? = nil
    ) {
        self.kind = kind
        self.sqlState = sqlState
        self.statement = statement
        self.schema = schema
        self.table = table
        self.column = column
        self.constraint = constraint
        self.position = position
        self.publicMessage = publicMessage
    }

    /// Whether the same work, done again from its beginning, may succeed.
    ///
    /// Work that is repeated after ``Kind-swift.enum/commitOutcomeUnknown`` must be such that doing it twice is doing it
    /// once.
    public var isRetryable: Bool {
        switch kind {
        case .connectionLost, .stalePlan, .acquireTimeout, .commitOutcomeUnknown: true
        case .connectionFailed: sqlState.map(SQLState.isRetryableAtConnect) ?? true
        case .server: sqlState.map(SQLState.isRetryable) ?? false
        case .statementTimeout, .cancelled, .decoding, .binding, .transactionAborted, .poolClosed,
            .invalidConfiguration, .misuse:
            false
        }
    }

    /// The same error with the statement's name, unless it has one.
    func of(statement name: String?) -> PostgresError {
        with(kind: kind, statement: statement ?? name)
    }

    func with(kind: Kind, statement: String? = nil) -> PostgresError {
        PostgresError(
            kind, sqlState: sqlState, statement: statement ?? self.statement, schema: schema, table: table,
            column: column, constraint: constraint, position: position, publicMessage: publicMessage)
    }
}

extension PostgresError: CustomStringConvertible {
    /// One line, safe to log.
    public var description: String {
        var text = "PostgreSQL: \(Self.title(of: kind))"
        if let sqlState {
            text += " \(sqlState)"
            if let name = SQLState.conditionName(sqlState) { text += " (\(name))" }
        }
        if let statement { text += ", statement \(statement)" }
        if let table { text += ", table \(schema.map { "\($0)." } ?? "")\(table)" }
        if let column { text += ", column \(column)" }
        if let constraint { text += ", constraint \(constraint)" }
        if let position { text += ", at character \(position)" }
        if let publicMessage { text += ": \(publicMessage)" }
        return text
    }

    private static func title(of kind: Kind) -> String {
        switch kind {
        case .connectionFailed: "cannot connect"
        case .connectionLost: "connection lost"
        case .server: "error"
        case .stalePlan: "prepared statement outdated"
        case .statementTimeout: "statement stopped by its time limit or an administrator"
        case .acquireTimeout: "no connection became free in time"
        case .cancelled: "cancelled"
        case .decoding: "result does not fit its declaration"
        case .binding: "parameters do not fit their declaration"
        case .transactionAborted: "transaction was aborted"
        case .commitOutcomeUnknown: "connection lost while committing, outcome unknown"
        case .poolClosed: "pool is closed"
        case .invalidConfiguration: "invalid configuration"
        case .misuse: "wrong use"
        }
    }
}
