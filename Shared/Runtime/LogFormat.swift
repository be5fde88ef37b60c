import Foundation
import Logging

/// Writes log lines to standard error: one line each, as text or as JSON.
///
/// Line breaks and control characters in values are escaped, so that no message can forge a second line.
public struct LineLogHandler: LogHandler {
    public enum Format: String, Sendable { case text, json }

    public var logLevel: Logger.Level = .info
    public var metadata: Logger.Metadata = [:]
    private let label: String
    private let format: Format

    public init(label: String, format: Format, level: Logger.Level) {
        self.label = label
        self.format = format
        self.logLevel = level
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        write(level: event.level, message: event.message, metadata: event.metadata)
    }

    private func write(level: Logger.Level, message: Logger.Message, metadata explicit: Logger.Metadata?) {
        let facts = explicit.map { metadata.merging($0) { $1 } } ?? metadata
        let time = Date().formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))
        var line: String
        switch format {
        case .text:
            line = "\(time)Z \(level.rawValue.uppercased()) \(label): \(Self.escaped(message.description))"
            for (key, value) in facts.sorted(by: { $0.key < $1.key }) {
                line += " \(key)=\(Self.escaped(value.description))"
            }
        case .json:
            var fields = facts.mapValues(\.description)
            fields["time"] = time + "Z"
            fields["level"] = level.rawValue
            fields["service"] = label
            fields["message"] = message.description
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            line = (try? encoder.encode(fields)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        }
        line += "\n"
        FileHandle.standardError.write(Data(line.utf8))
    }

    private static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else { return text }
        return text.unicodeScalars.map { scalar in
            scalar.value < 32 || scalar.value == 127 ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }.joined()
    }
}
