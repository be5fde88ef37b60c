import Postgres

extension StatementCatalogue {
    /// What the Console and the `aw` command use.
    static let console = companies + identity + reading

    static let companies: [any Statement.Type] = [
        InsertAsset.self, ListAssets.self, LockAsset.self, SaveAsset.self, KnownAssets.self, NotifySettings.self,
        InsertCompany.self, EnsureProvider.self, ReadCompany.self, LockCompany.self, ListCompanies.self,
        SaveCompany.self, DeleteCompany.self, SetDefaultAuth.self, BumpIntegrations.self, InsertIntegration.self,
        ListIntegrations.self, LockIntegration.self, LockDefaultIntegration.self, SaveIntegration.self,
        DeleteIntegration.self, RotateKey.self, RotateSecret.self, UpsertTimer.self, HoldsAlerts.self,
        InsertMaintenanceWindow.self,
        ListMaintenanceWindows.self, ReadMaintenanceWindow.self, LockMaintenanceWindow.self,
        SaveMaintenanceWindow.self, DeleteMaintenanceWindow.self,
    ]

    static let identity: [any Statement.Type] = [
        ReadLivingProofs.self,
        InsertApiToken.self, ListApiTokens.self, RevokeApiToken.self, RevokeApiTokens.self, ClaimIdempotencyKey.self,
        CompleteIdempotencyKey.self, ReleaseIdempotencyKey.self, FindSignIn.self, InsertSession.self,
        LockSession.self, RotateSession.self, RevokeSession.self, RevokeSessions.self, EndedSessions.self,
        EnsureAttempts.self, LockAttempts.self, CountAttempt.self, BlockSignIn.self, ForgiveSignIn.self, FindToken.self,
        InsertUser.self,
        SetMemberships.self, ReadUser.self, ListUsers.self, SaveUser.self, SetPassword.self, DeleteUser.self,
        LockAdministrators.self,
    ]

    static let reading: [any Statement.Type] = [
        ListIncidentsByTime.self, ListIncidentsByPriority.self, ReadIncidents.self, ListAlerts.self,
        ListAlertsOfIncident.self, ReadAlert.self, ReadTimeline.self, ReadAudit.self, ReadOverview.self,
        ReadServiceLevels.self, IsVisible.self,
    ]
}
