import Domain
import Logging
import Postgres
import Secrets
import ServiceLifecycle
import Store
import Synchronization

/// The integrations whose keys were used lately, with their secrets open.
///
/// Read again every five seconds and whenever settings are said to have changed; a request judged by a version that is
/// no longer true is found out in the commit. A key that is not here is looked up, so a key works the moment it is made.
final class IntegrationCache: Service {
    private struct Entry {
        var integration: KnownIntegration
        var usedAt: Timestamp
    }

    private static let maximumEntries = 20_000

    private let pool: PostgresPool
    private let masterKeys: MasterKeys
    private let clock: DatabaseClock
    private let logger: Logger
    private let entries = Mutex<[[UInt8]: Entry]>([:])

    init(pool: PostgresPool, masterKeys: MasterKeys, clock: DatabaseClock, logger: Logger) {
        self.pool = pool
        self.masterKeys = masterKeys
        self.clock = clock
        self.logger = logger
    }

    /// From memory only.
    func known(_ keyHash: [UInt8], now: Timestamp) -> KnownIntegration? {
        entries.withLock { entries in
            guard let entry = entries[keyHash] else { return nil }
            if now - entry.usedAt > .seconds(1) { entries[keyHash]?.usedAt = now }
            return entry.integration
        }
    }

    /// From the database, whatever is in memory.
    func lookUp(_ keyHash: [UInt8]) async throws -> KnownIntegration? {
        let rows = try await pool.query(FindIntegrations(keyHashes: [keyHash]))
        let found = rows.first.flatMap(open)
        let now = clock.now
        entries.withLock { entries in
            entries[keyHash] = found.map { Entry(integration: $0, usedAt: now) }
            if entries.count > Self.maximumEntries {
                entries = entries.filter { now - $0.value.usedAt < .seconds(600) }
            }
        }
        return found
    }

    /// Reads again what is in memory; forgets what was not used for an hour.
    func refresh() async throws {
        let now = clock.now
        let hashes = entries.withLock { entries in
            entries = entries.filter { now - $0.value.usedAt < .seconds(3600) }
            return Array(entries.keys)
        }
        guard !hashes.isEmpty else { return }
        let rows = try await pool.query(FindIntegrations(keyHashes: hashes))
        let found = Dictionary(
            rows.compactMap { row in open(row).map { (row.keyHash, $0) } }, uniquingKeysWith: { first, _ in first })
        entries.withLock { entries in
            for hash in hashes {
                if let integration = found[hash] {
                    entries[hash]?.integration = integration
                } else {
                    entries[hash] = nil
                }
            }
        }
    }

    /// Refreshes every five seconds until the process stops.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(5))
                do {
                    try await self.refresh()
                    try await self.clock.synchronise(with: self.pool)
                } catch {
                    if Task.isCancelled { return }
                    self.logger.warning("settings not read again", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    private func open(_ row: IntegrationCredentials) -> KnownIntegration? {
        let context = IntegrationCredentials.sealContext(company: row.companyID, integration: row.integrationID)
        do {
            var secrets = [KnownIntegration.Secret(bytes: try masterKeys.open(row.sealedSecret, context: context))]
            if let previous = row.previousSealedSecret, let until = row.previousSecretUntil {
                secrets.append(.init(bytes: try masterKeys.open(previous, context: context), until: until))
            }
            return KnownIntegration(
                companyID: row.companyID, integrationID: row.integrationID, source: row.source, auth: row.auth,
                isEnabled: row.isEnabled, version: row.version, secrets: secrets, keyValidUntil: row.keyValidUntil)
        } catch {
            logger.error(
                "a secret does not open: is AW_MASTER_KEY the one it was sealed with?",
                metadata: ["company_id": "\(row.companyID)", "integration_id": "\(row.integrationID)"])
            return nil
        }
    }
}
