/// The rules' own opinion of an incident: always there, also without a model. The same facts give the same insight.
public enum IncidentAnalyser {
    /// - Returns: An insight of source `rules`.
    public static func analyse(_ incident: IncidentState) -> Insight {
        let pattern = pattern(of: incident)
        let family = SignatureFamily(rawValue: incident.category) ?? .other
        return Insight(
            pattern: pattern, rootCause: rootCause(of: incident, pattern, FamilyTexts.of(family)),
            recommendation: recommendation(for: incident, pattern, FamilyTexts.of(family)),
            confidence: confidence(in: incident, pattern, family), source: .rules,
            evidence: InsightEvidence.sentences(for: incident))
    }

    /// Flapping before cascade before storm before several tools: the first that fits says most about what to do.
    static func pattern(of incident: IncidentState) -> Insight.Pattern {
        if incident.isFlapping { return .flapping }
        if incident.symptomCount > 0 { return .cascade }
        if incident.assetCount > 1 { return .storm }
        return incident.toolSources.count > 1 ? .multiTool : .single
    }

    /// A base by pattern (single 0.5, several tools 0.6, storm 0.6, cascade 0.65, flapping 0.7), and on top: 0.1 when the
    /// kind of problem is known, 0.1 when two or more tools agree, 0.02 for each alert after the first (at most 0.1), and
    /// 0.03 for each further asset of a storm or symptom of a cascade (at most 0.15). At most 0.95.
    static func confidence(in incident: IncidentState, _ pattern: Insight.Pattern, _ family: SignatureFamily) -> Double
    {
        // Counted in hundredths, so that sums are exact.
        var hundredths =
            switch pattern {
            case .single: 50
            case .multiTool, .storm: 60
            case .cascade: 65
            case .flapping: 70
            }
        if family != .other { hundredths += 10 }
        if incident.toolSources.count > 1 { hundredths += 10 }
        hundredths += min(10, 2 * max(0, incident.alertCount - 1))
        if pattern == .storm { hundredths += min(15, 3 * (incident.assetCount - 1)) }
        if pattern == .cascade { hundredths += min(15, 3 * incident.symptomCount) }
        return Double(min(95, hundredths)) / 100
    }

    private static func rootCause(
        of incident: IncidentState, _ pattern: Insight.Pattern, _ texts: FamilyTexts
    ) -> String {
        let asset = incident.primaryAsset
        let signature = IncidentTitle.humanise(incident.signature)
        switch pattern {
        case .flapping:
            return
                "\(signature) on \(asset) goes up and down: a value close to its threshold, or something that restarts again "
                + "and again. Most likely \(texts.cause)."
        case .cascade:
            let upstream = incident.suspectedCauseAsset ?? asset
            return "\(upstream) failed first and assets that depend on it followed, most likely because \(texts.cause)."
        case .storm:
            let noun = IncidentTitle.plainNoun(for: incident.assetKinds, count: incident.assetCount)
            return "\(incident.assetCount) \(noun) raised it together. A shared cause is likely: \(texts.sharedCause)."
        case .multiTool:
            return
                "\(incident.toolSources.joined(separator: " and ")) agree on \(asset), so it is no false alarm: most "
                + "likely \(texts.cause)."
        case .single:
            return "\(signature) on \(asset), most likely because \(texts.cause)."
        }
    }

    private static func recommendation(
        for incident: IncidentState, _ pattern: Insight.Pattern, _ texts: FamilyTexts
    ) -> String {
        switch pattern {
        case .flapping:
            "\(texts.firstStep). If it is harmless, raise the threshold or the time that it must hold in the monitoring tool."
        case .cascade:
            "Start with \(incident.suspectedCauseAsset ?? incident.primaryAsset); the others should recover with it. "
                + "\(texts.firstStep)."
        case .storm: "Look for what they share before treating them one by one. \(texts.firstStep)."
        case .multiTool, .single: "\(texts.firstStep)."
        }
    }
}
