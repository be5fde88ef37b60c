/// The facts that an insight rests on, each a sentence with its figures.
enum InsightEvidence {
    static func sentences(for incident: IncidentState) -> [String] {
        var sentences = [extent(of: incident)]
        if incident.symptomCount > 0 {
            let upstream = incident.suspectedCauseAsset ?? incident.primaryAsset
            sentences.append(
                "\(counted(incident.symptomCount, "alert")) came from assets that depend on \(upstream).")
        }
        if incident.toolSources.count > 1 {
            let tools = incident.toolSources.joined(separator: ", ")
            sentences.append("\(incident.toolSources.count) tools report it: \(tools).")
        } else if let tool = incident.toolSources.first {
            sentences.append("Reported by \(tool).")
        }
        if incident.signatures.count > 1 {
            let names = incident.signatures.prefix(5).map(IncidentTitle.humanise).joined(separator: ", ")
            sentences.append("\(incident.signatures.count) kinds of problem: \(names).")
        }
        if incident.isFlapping { sentences.append("It recovered and fired again several times within one window.") }
        if incident.reopenCount > 0 {
            sentences.append("It was opened again \(counted(incident.reopenCount, "time")).")
        }
        if incident.touchesCriticalAsset { sentences.append("It touches a critical asset.") }
        return sentences
    }

    private static func extent(of incident: IncidentState) -> String {
        let alerts = counted(incident.alertCount, "alert")
        let noun = IncidentTitle.plainNoun(for: incident.assetKinds, count: incident.assetCount)
        let place = incident.assetCount > 1 ? "\(incident.assetCount) \(noun)" : incident.primaryAsset
        let seconds = (incident.lastEventAt - incident.openedAt).microseconds / 1_000_000
        let time =
            switch seconds {
            case ..<1: ""
            case ..<60: " within \(counted(Int(seconds), "second"))"
            case ..<7200: " within \(counted(Int((seconds + 59) / 60), "minute"))"
            default: " within \(counted(Int((seconds + 3599) / 3600), "hour"))"
            }
        return "\(alerts) from \(place)\(time)."
    }

    private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
