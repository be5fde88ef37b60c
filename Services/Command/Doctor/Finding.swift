import Store

/// What one check of `aw doctor` found.
struct Finding: Sendable, Equatable {
    enum Level: String, Sendable, Comparable {
        case ok, warn, fail

        static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .ok: 0
            case .warn: 1
            case .fail: 2
            }
        }

        var colour: Colour {
            switch self {
            case .ok: .green
            case .warn: .yellow
            case .fail: .red
            }
        }
    }

    var check: String
    var level: Level
    /// What was found.
    var detail: String
    /// What to do; nil when all is well.
    var advice: String?

    init(_ check: String, _ level: Level, _ detail: String, advice: String? = nil) {
        self.check = check
        self.level = level
        self.detail = detail
        self.advice = advice
    }

    func lines(colour: Bool) -> [String] {
        let mark = level.rawValue + String(repeating: " ", count: 4 - level.rawValue.count)
        let name = check + String(repeating: " ", count: max(0, 16 - check.count))
        let first = "\(level.colour.paint(mark, if: colour))  \(name)  \(detail)"
        return [first] + (advice.map { [String(repeating: " ", count: 24) + "→ " + $0] } ?? [])
    }

    var json: JSONValue {
        [
            "check": .string(check), "level": .string(level.rawValue), "detail": .string(detail),
            "advice": .optional(advice),
        ]
    }
}
