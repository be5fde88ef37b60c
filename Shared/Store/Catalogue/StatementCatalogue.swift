import Postgres

/// Every statement of the store: a test prepares each against the migrated schema.
public enum StatementCatalogue {
    public static let all: [any Statement.Type] = correlation + accepting + operations + journal + timers + console

    private static let correlation: [any Statement.Type] = [
        LockLane.self, ReadPendingAlerts.self, ReadWaitingCompanies.self, ReadCompanyPolicy.self, ReadAssetFacts.self,
        InsertAssets.self, ReadKeyOwners.self, ReadIdentities.self, ReadWindows.self, ReadIncidentStates.self,
        ReadIncidentAssets.self, WriteIncidents.self, WriteIncidentAssets.self, WriteFates.self, WriteIdentities.self,
        WriteKeys.self, MoveMergedKeys.self, MoveMergedAlerts.self, MoveMergedWork.self, ReleaseKeys.self,
        QuietFlapping.self, ReadLifeState.self, WriteLifeState.self, FindAssignee.self,
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
}
