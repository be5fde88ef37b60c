/// The channels of the bus, by name. Patterns: `alerts` PUSH/PULL, `events` and `accepted` PUB/SUB.
public enum BusChannels {
    /// Ingest → Correlator: committed alerts.
    public static let alerts = "alerts"
    /// All → Console, SLAWatch: journal rows. Topic `kind.company`.
    public static let events = "events"
    /// Ingest → Console: committed alerts for live views. Topic: the company.
    public static let accepted = "accepted"
}
