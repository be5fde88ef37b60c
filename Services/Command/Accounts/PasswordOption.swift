import ArgumentParser
import Domain
import Secrets
import Store

/// Where a password comes from: standard input, or it is made here. Never an argument, which others could read.
struct PasswordOption: ParsableArguments {
    @Flag(name: .customLong("password-stdin"), help: "Read the password from the first line of standard input.")
    var fromStandardInput = false

    func choose() throws -> ChosenPassword {
        guard fromStandardInput else { return ChosenPassword(text: RandomToken.make(length: 20), isMadeHere: true) }
        guard let line = readLine(strippingNewline: true), !line.isEmpty else {
            throw CommandFailure("standard input holds no password", advice: "Give it as its first line.")
        }
        return ChosenPassword(text: line, isMadeHere: false)
    }
}

/// A password that is about to be set.
struct ChosenPassword: Sendable {
    var text: String
    /// Shown only when it was made here: whoever gave it knows it.
    var isMadeHere: Bool

    func report(_ user: UserRecord, asJSON: Bool) {
        if asJSON {
            return Terminal.result(["user": user.summary, "password": .optional(isMadeHere ? text : nil)])
        }
        Terminal.result("User      \(user.email)  \(user.role.rawValue)")
        if isMadeHere { Terminal.result("Password  \(text)\nIt is shown this once.") }
    }
}

/// A new password for a person, whose sessions end with it.
struct PasswordReset {
    var database: CommandDatabase

    /// - Throws: `StoreRefusal.notFound` when nobody has this address.
    func perform(email: String, password: String) async throws -> UserRecord {
        let hashing = PasswordHashing()
        let users = UserStore(hashing: hashing)
        let hash = try await users.hash(password)
        let now = database.clock.now
        let user = try await database.pool.withTransaction { transaction in
            guard let user = try await transaction.first(ReadUserByEmail(email: email)) else {
                throw StoreRefusal.notFound("user")
            }
            return try await users.update(
                user.id, to: UserDraft(user), passwordHash: hash, version: nil, actor: .operator, now: now,
                in: transaction)
        }
        try await SessionStore(pool: database.pool, hashing: hashing).endAll(of: user.value.id, now: now)
        return user.value
    }
}
