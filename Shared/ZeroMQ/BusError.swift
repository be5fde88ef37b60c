/// Why a bus could not start or had to stop.
public enum BusError: Error, Equatable, CustomStringConvertible {
    /// The installed libzmq can't encrypt. Install one built with CURVE (libsodium).
    case curveUnavailable
    /// The settings don't fit together; the text says which. Correct them.
    case invalidConfiguration(String)
    /// ``Bus/run()`` was called a second time. Make a new ``Bus``: keys and ports live as long as one run.
    case alreadyRan
    /// A system or libzmq call failed: what was tried, the code (`errno`), and the library's words for it.
    case failed(operation: String, code: Int32, reason: String)

    /// Whether a new ``Bus`` with the same configuration may succeed later.
    public var isRetriable: Bool {
        switch self {
        case .curveUnavailable, .invalidConfiguration, .alreadyRan: false
        case .failed: true
        }
    }

    public var description: String {
        switch self {
        case .curveUnavailable: "libzmq has no CURVE support; install a build with libsodium"
        case .invalidConfiguration(let what): "invalid bus configuration: \(what)"
        case .alreadyRan: "a bus runs once; make a new one"
        case .failed(let operation, let code, let reason): "\(operation) failed: \(reason) (\(code))"
        }
    }
}
