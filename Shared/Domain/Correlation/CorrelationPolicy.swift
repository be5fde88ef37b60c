/// A company's settings for grouping alerts. `snake_case` in the API.
public struct CorrelationPolicy: Sendable, Equatable, Codable {
    /// What must be equal for two alerts to belong together.
    public enum Key: String, Sendable, Codable, CaseIterable {
        case assetSignature = "asset|signature"
        case assetSignatureTool = "asset|signature|tool"
        case signature
        case asset
    }

    /// 5–15, sliding from the last alert of the incident, in event time.
    public var windowMinutes: Int
    public var key: Key
    /// Incidents with one signature on several assets become one.
    public var rollUp: Bool
    /// How many distinct assets that takes, 2–100.
    public var rollUpMinAssets: Int
    /// Alerts of assets that depend on an asset with an open incident join it.
    public var dependency: Bool
    /// Alerts that go up and down are held and notify once.
    public var flapping: Bool
    /// Firing → resolved turns within the window that make an alert flapping, 2–20.
    public var flappingTransitions: Int
    /// An incident resolves by itself when all its alerts have.
    public var autoResolve: Bool
    /// How long it waits first, 0–3600.
    public var autoResolveHoldSeconds: Int
    /// How long after resolution a new firing reopens it, 0–1440; then it is closed.
    public var reopenWindowMinutes: Int
    /// A model may add to what the rules say.
    public var aiEnhanced: Bool

    public init(
        windowMinutes: Int = 15, key: Key = .assetSignature, rollUp: Bool = true, rollUpMinAssets: Int = 3,
        dependency: Bool = true, flapping: Bool = true, flappingTransitions: Int = 3, autoResolve: Bool = true,
        autoResolveHoldSeconds: Int = 120, reopenWindowMinutes: Int = 10, aiEnhanced: Bool = false
    ) {
        self.windowMinutes = windowMinutes
        self.key = key
        self.rollUp = rollUp
        self.rollUpMinAssets = rollUpMinAssets
        self.dependency = dependency
        self.flapping = flapping
        self.flappingTransitions = flappingTransitions
        self.autoResolve = autoResolve
        self.autoResolveHoldSeconds = autoResolveHoldSeconds
        self.reopenWindowMinutes = reopenWindowMinutes
        self.aiEnhanced = aiEnhanced
    }

    public var window: Duration { .seconds(windowMinutes * 60) }
    public var autoResolveHold: Duration { .seconds(autoResolveHoldSeconds) }
    public var reopenWindow: Duration { .seconds(reopenWindowMinutes * 60) }

    enum CodingKeys: String, CodingKey {
        case windowMinutes = "window_minutes"
        case key
        case rollUp = "roll_up"
        case rollUpMinAssets = "roll_up_min_assets"
        case dependency, flapping
        case flappingTransitions = "flapping_transitions"
        case autoResolve = "auto_resolve"
        case autoResolveHoldSeconds = "auto_resolve_hold_seconds"
        case reopenWindowMinutes = "reopen_window_minutes"
        case aiEnhanced = "ai_enhanced"
    }
}
