import Domain
import Postgres
import Secrets

/// The tokens of a session, shown to their owner once; stored as hashes.
public struct SessionTokens: Sendable, Equatable {
    /// How long an access token is good for, in seconds.
    public static let accessSeconds = 30 * 60
    /// How long a refresh token is good for, in seconds.
    public static let refreshSeconds = 7 * 24 * 3600

    public var access: String
    public var accessExpiresAt: Timestamp
    public var refresh: String
    public var refreshExpiresAt: Timestamp
    /// What a browser sends back in `X-CSRF-Token`.
    public var csrf: String

    /// New ones.
    init(now: Timestamp) {
        access = RandomToken.make(prefix: "aws_")
        accessExpiresAt = now + .seconds(Self.accessSeconds)
        refresh = RandomToken.make(prefix: "awr_")
        refreshExpiresAt = now + .seconds(Self.refreshSeconds)
        csrf = RandomToken.make()
    }

    /// Adds hash and end of the access token, then of the refresh token.
    func bind(_ bindings: inout Bindings) {
        bindings.bytes(RandomToken.hash(access))
        bindings.instant(accessExpiresAt)
        bindings.bytes(RandomToken.hash(refresh))
        bindings.instant(refreshExpiresAt)
    }
}

/// A session that was opened or renewed.
public struct OpenedSession: Sendable {
    public var id: String
    public var userID: UserID
    public var tokens: SessionTokens
    public var journal: [JournalEntry]
}
