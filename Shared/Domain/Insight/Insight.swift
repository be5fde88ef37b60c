/// What the platform makes of an incident.
public struct Insight: Sendable, Equatable, Codable {
    public enum Pattern: String, Sendable, Codable, CaseIterable {
        /// One asset, one alert.
        case single
        /// Many assets raise the same thing.
        case storm
        /// A failure that spreads along dependencies.
        case cascade
        /// It goes up and down.
        case flapping
        /// Several monitoring tools agree.
        case multiTool = "multi_tool"
    }

    public enum Source: String, Sendable, Codable {
        case rules, model
    }

    public var pattern: Pattern
    /// The suspected cause, one or two sentences.
    public var rootCause: String
    /// What to do first.
    public var recommendation: String
    /// 0–1.
    public var confidence: Double
    public var source: Source
    /// The facts it rests on.
    public var evidence: [String]

    public init(
        pattern: Pattern, rootCause: String, recommendation: String, confidence: Double, source: Source,
        evidence: [String]
    ) {
        self.pattern = pattern
        self.rootCause = rootCause
        self.recommendation = recommendation
        self.confidence = confidence
        self.source = source
        self.evidence = evidence
    }

    enum CodingKeys: String, CodingKey {
        case pattern
        case rootCause = "root_cause"
        case recommendation, confidence, source, evidence
    }
}
