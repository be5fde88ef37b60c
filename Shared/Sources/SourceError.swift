import Domain

/// Why a webhook body is no set of alerts. Nothing of such a request is stored.
public enum SourceError: Error, Equatable {
    /// Not JSON, not UTF-8, or nested deeper than 64.
    case unreadable(String)
    /// Read, but some fields are wrong. At most 100 are named.
    case invalid([FieldProblem])
}
