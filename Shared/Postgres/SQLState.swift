/// What follows from a five-character SQLSTATE (PostgreSQL manual, appendix A).
enum SQLState {
    /// Whether the same work may succeed when tried again.
    static func isRetryable(_ state: String) -> Bool {
        if state.hasPrefix("40") || state.hasPrefix("08") { return true }
        return ["57P01", "57P02", "57P03", "55P03"].contains(state)
    }

    /// Whether connecting again later may succeed: also when the server lacks connections or memory.
    static func isRetryableAtConnect(_ state: String) -> Bool {
        isRetryable(state) || state.hasPrefix("53") || state.hasPrefix("57") || state.hasPrefix("58")
            || state == "25006"
    }

    /// Whether the server's text for this state tells of the system and not of the values of users.
    ///
    /// - Parameter isParsing: The statement was parsed, not executed, so that no value was there to tell of.
    static func mayPublishMessage(_ state: String, isParsing: Bool) -> Bool {
        if state == "42501" { return true }
        return switch state.prefix(2) {
        case "08", "0A", "25", "26", "28", "3D", "40", "53", "54", "55", "57", "58": true
        case "3F", "42": isParsing
        default: false
        }
    }

    /// The condition's name, for states that operators meet.
    static func conditionName(_ state: String) -> String? {
        names[state]
    }

    private static let names: [String: String] = [
        "0A000": "feature not supported",
        "21000": "cardinality violation",
        "22001": "string too long",
        "22003": "number out of range",
        "22007": "invalid date or time format",
        "22008": "date or time out of range",
        "22012": "division by zero",
        "22021": "character not in repertoire",
        "22023": "invalid parameter value",
        "22P02": "invalid text representation",
        "22P03": "invalid binary representation",
        "22P05": "untranslatable character",
        "23502": "not null violation",
        "23503": "foreign key violation",
        "23505": "unique violation",
        "23514": "check violation",
        "23P01": "exclusion violation",
        "25006": "read only transaction",
        "25P02": "transaction aborted",
        "25P03": "idle in transaction too long",
        "26000": "prepared statement unknown",
        "28000": "authorization refused",
        "28P01": "password refused",
        "3D000": "database unknown",
        "40001": "serialization failure",
        "40P01": "deadlock",
        "42501": "privilege missing",
        "42601": "syntax error",
        "42703": "column unknown",
        "42883": "function unknown",
        "42P01": "table unknown",
        "42P07": "table exists already",
        "44000": "check option violation",
        "53100": "disk full",
        "53200": "out of memory",
        "53300": "too many connections",
        "55P03": "lock not available",
        "57014": "query cancelled",
        "57P01": "server shutting down",
        "57P02": "server crashed",
        "57P03": "server not accepting connections",
        "57P05": "idle session too long",
        "P0001": "raised by a function",
        "XX000": "internal error",
    ]
}
