import Foundation
import Store

/// Where words go: results to standard output, everything else to standard error.
enum Terminal {
    /// A line of the result.
    static func result(_ text: String) {
        write(text + "\n", to: .standardOutput)
    }

    /// A result as one line of JSON, keys in alphabetical order.
    static func result(_ value: JSONValue) {
        result(value.text)
    }

    /// A line that is no result.
    static func note(_ text: String) {
        write(text + "\n", to: .standardError)
    }

    /// A line that takes the place of the one before it, for progress. Only where ``showsProgress``.
    static func progress(_ text: String) {
        write("\r\u{1b}[K" + text, to: .standardError)
    }

    static let showsProgress = isatty(STDERR_FILENO) == 1
    /// Whether colours may be used: into a terminal, unless `NO_COLOR` is set.
    static let showsColour =
        isatty(STDOUT_FILENO) == 1 && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty

    private static func write(_ text: String, to handle: FileHandle) {
        // Whoever read the output has gone: there is nobody left to tell.
        do { try handle.write(contentsOf: Data(text.utf8)) } catch { exit(0) }
    }
}

/// Colours of a terminal that has sixteen.
enum Colour: String {
    case red = "31"
    case green = "32"
    case yellow = "33"
    case blue = "34"
    case magenta = "35"
    case cyan = "36"
    case grey = "90"

    func paint(_ text: String, if isWanted: Bool) -> String {
        isWanted ? "\u{1b}[\(rawValue)m\(text)\u{1b}[0m" : text
    }
}

/// Columns of text under each other.
enum TextTable {
    /// Rows of equally many cells, the first one being the heading; two spaces between columns.
    static func lines(_ rows: [[String]]) -> [String] {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let padded = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            return String(padded.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }
    }
}
