import CLibPQ
import Foundation

/// The libpq keywords of a configuration: those of the URL, and our own where the URL says nothing.
struct ConnectionParameters {
    let entries: [(keyword: String, value: String)]

    init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        var entries = try Self.parse(configuration.url)
        let named = Set(entries.map(\.keyword))
        let ports = entries.filter { $0.keyword == "port" }.flatMap { $0.value.split(separator: ",") }
        guard ports.allSatisfy({ UInt16($0) != nil }) else { throw Self.unreadable }
        let seconds = max(2, (configuration.connectTimeout.milliseconds + 999) / 1000)
        let chosen: [(keyword: String, value: String)] = [
            ("application_name", configuration.applicationName),
            ("connect_timeout", String(seconds)),
            ("target_session_attrs", "read-write"),
            ("keepalives", "1"),
            ("keepalives_idle", "10"),
            ("keepalives_interval", "5"),
            ("keepalives_count", "3"),
            ("tcp_user_timeout", "20000"),
            ("gssencmode", "disable"),
        ]
        entries += chosen.filter { !named.contains($0.keyword) }
        entries.removeAll { $0.keyword == "client_encoding" }
        entries.append(("client_encoding", "UTF8"))
        self.entries = entries
    }

    private static var unreadable: PostgresError {
        PostgresError(
            .invalidConfiguration,
            publicMessage: "the database URL cannot be read; it must look like postgresql://user@host:5432/database")
    }

    /// What the URL names. libpq's complaint about a bad URL may quote it with its password, so it is not repeated.
    private static func parse(_ url: String) throws(PostgresError) -> [(keyword: String, value: String)] {
        guard !url.isEmpty, let options = PQconninfoParse(url, nil) else { throw unreadable }
        defer { PQconninfoFree(options) }
        var entries: [(keyword: String, value: String)] = []
        var next = options
        while let keyword = next.pointee.keyword {
            if let value = next.pointee.val {
                entries.append((String(cString: keyword), String(cString: value)))
            }
            next += 1
        }
        return entries
    }

    /// Calls `body` with the two NULL-terminated arrays that `PQconnectdbParams` takes.
    func withArrays<R>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> R
    ) -> R? {
        let keywords = entries.map { strdup($0.keyword) } + [nil]
        let values = entries.map { strdup($0.value) } + [nil]
        defer {
            for pointer in keywords { free(pointer) }
            for pointer in values { free(pointer) }
        }
        return keywords.map { UnsafePointer($0) }.withUnsafeBufferPointer { keywords in
            values.map { UnsafePointer($0) }.withUnsafeBufferPointer { values in
                guard let keywords = keywords.baseAddress, let values = values.baseAddress else { return nil }
                return body(keywords, values)
            }
        }
    }
}
