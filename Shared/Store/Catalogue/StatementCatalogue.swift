import Postgres

/// Every statement of the store: a test prepares each against the migrated schema.
public enum StatementCatalogue {
    public static let all: [any Statement.Type] = correlation + accepting + operations + journal + timers + companies
        + identity

    private static let correlation: [any Statement.Type] = [
        LockLane.self, ReadPendingAlerts.self, ReadWaitingCompanies.self, ReadCompanyPolicy.self, ReadAssetFacts.self,
        InsertAssets.self, ReadKeyOwners.self, ReadIdentities.self, ReadWindows.self, ReadIncidentStates.self,
        ReadIncidentAssets.self, WriteIncidents.self, WriteIncidentAssets.self, WriteFates.self, WriteIdentities.self,
        WriteKeys.self, MoveMergedKeys.self, MoveMergedAlerts.self, MoveMergedWork.self, ReleaseKeys.self,
        QuietFlapping.self,
    ]

    private static let accepting: [any Statement.Type] = [AcceptRequests.self, FindIntegrations.self]

    private static let operations: [any Statement.Type] = [
        RegisterInstance.self, BeatInstance.self, DeregisterInstance.self, ReadLiveInstances.self, ReadClock.self,
        HasMigrationTable.self, ReadMigrations.self, RecordMigration.self, EnsurePartitions.self,
        ForgetReceivedRequests.self, ForgetIdempotentAnswers.self, ReadServerFacts.self, ReadRoleFacts.self,
        ReadDatabaseMark.self, ReadBacklog.self, ReadSealedSecrets.self, RebaseJournal.self, ReadCompanyIDs.self,
        ReadUserByEmail.self,
    ]

    private static let journal: [any Statement.Type] = [
        InsertJournal.self, ReadJournalAfter.self, ReadJournalHorizon.self,
    ]

    private static let timers: [any Statement.Type] = [
        WriteTimers.self, ClaimTimers.self, ReadNextTimer.self, FinishTimers.self, PostponeTimers.self,
        ReleaseSuppressed.self,
    ]

    private static let companies: [any Statement.Type] = [
        InsertAsset.self, ListAssets.self, LockAsset.self, SaveAsset.self, KnownAssets.self, NotifySettings.self,
        InsertCompany.self, EnsureProvider.self, ReadCompany.self, LockCompany.self, ListCompanies.self,
        SaveCompany.self, DeleteCompany.self, SetDefaultAuth.self, BumpIntegrations.self, InsertIntegration.self,
        ListIntegrations.self, LockIntegration.self, LockDefaultIntegration.self, SaveIntegration.self,
        DeleteIntegration.self, RotateKey.self, RotateSecret.self, UpsertTimer.self, InsertMaintenanceWindow.self,
        ListMaintenanceWindows.self, ReadMaintenanceWindow.self, LockMaintenanceWindow.self,
        SaveMaintenanceWindow.self, DeleteMaintenanceWindow.self,
    ]

    private static let identity: [any Statement.Type] = [
        InsertApiToken.self, ListApiTokens.self, RevokeApiToken.self, RevokeApiTokens.self, ClaimIdempotencyKey.self,
        CompleteIdempotencyKey.self, ReleaseIdempotencyKey.self, FindSignIn.self, InsertSession.self,
        LockSession.self, RotateSession.self, RevokeSession.self, RevokeSessions.self, EndedSessions.self,
        ReadBlocks.self, CountAttempt.self, BlockSignIn.self, ForgiveSignIn.self, FindToken.self, InsertUser.self,
        SetMemberships.self, ReadUser.self, ListUsers.self, SaveUser.self, SetPassword.self, DeleteUser.self,
        LockAdministrators.self,
    ]
}
