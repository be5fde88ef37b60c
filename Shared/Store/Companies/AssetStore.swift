import Domain
import Postgres

/// The servers and services of companies. They also appear by themselves with their first alert.
public enum AssetStore {
    /// Adds an asset.
    ///
    /// - Throws: ``StoreRefusal/conflict(code:message:)`` `asset_exists`; ``StoreRefusal/invalid(_:)``.
    public static func create(
        _ draft: AssetDraft, companyID: CompanyID, actor: Actor, now: Timestamp, in transaction: some Querying
    ) async throws -> Written<AssetRecord> {
        let id = AssetID(IdentifierMint.text("ast", at: now))
        try await check(draft, id: id, companyID: companyID, in: transaction)
        let insert = InsertAsset(companyID: companyID, id: id, draft: draft, now: now)
        guard let asset = try await transaction.first(insert) else { throw nameTaken }
        let journal = try await record(
            "asset.created", asset, actor: actor, summary: "Asset \(asset.name) was added.", before: .null, now: now,
            in: transaction)
        return Written(asset, journal: journal)
    }

    /// Assets of a company by name, those after the name `after`.
    public static func list(
        companyID: CompanyID, text: String? = nil, after: String? = nil, limit: Int, in transaction: some Querying
    ) async throws -> [AssetRecord] {
        try await transaction.query(ListAssets(companyID: companyID, text: text, after: after, limit: limit))
    }

    /// Changes an asset as `change` says.
    public static func update(
        _ id: AssetID, version: Int64?, actor: Actor, now: Timestamp, in transaction: some Querying,
        change: @Sendable (inout AssetDraft) -> Void
    ) async throws -> Written<AssetRecord> {
        guard let old = try await transaction.first(LockAsset(id: id)) else { throw StoreRefusal.notFound("asset") }
        try requireVersion(version, old.version)
        var draft = AssetDraft(old)
        change(&draft)
        try await check(draft, id: id, companyID: old.companyID, in: transaction)
        let save = SaveAsset(companyID: old.companyID, id: id, draft: draft, now: now)
        guard let new = try await transaction.first(save) else { throw nameTaken }
        let journal = try await record(
            "asset.updated", new, actor: actor, summary: "Asset \(new.name) was changed.", before: old.facts, now: now,
            in: transaction)
        return Written(new, journal: journal)
    }

    private static let nameTaken = StoreRefusal.conflict(
        code: "asset_exists", message: "The company has an asset of this name already.")

    private static func check(
        _ draft: AssetDraft, id: AssetID, companyID: CompanyID, in transaction: some Querying
    ) async throws {
        let wanted = Set(draft.dependsOn)
        if wanted.contains(id) {
            throw StoreRefusal.invalid([FieldProblem("depends_on", "must not name the asset itself")])
        }
        guard !wanted.isEmpty else { return }
        let known = try await transaction.query(KnownAssets(companyID: companyID, ids: Array(wanted)))
        guard known.count == wanted.count else {
            throw StoreRefusal.invalid([FieldProblem("depends_on", "must name assets of the same company")])
        }
    }

    private static func record(
        _ kind: String, _ asset: AssetRecord, actor: Actor, summary: String, before: JSONValue, now: Timestamp,
        in transaction: some Querying
    ) async throws -> [JournalEntry] {
        _ = try await transaction.query(NotifySettings(companyID: asset.companyID))
        let change = ChangeRecord(
            companyID: asset.companyID, kind: kind, actor: actor, subjectKind: "asset", subjectID: asset.id.rawValue,
            summary: summary, before: before, after: asset.facts)
        return try await change.append(in: transaction, now: now)
    }
}
