import ArgumentParser
import Postgres
import Runtime
import Store
import Testing

@testable import Command

@Suite struct CommandLineTests {
    /// Every command with those below it.
    private static func commands(_ root: any ParsableCommand.Type, path: [String] = []) -> [[String]] {
        [path] + root.configuration.subcommands.flatMap { commands($0, path: path + [$0._commandName]) }
    }

    private static let all = commands(AlertWhisperer.self)

    @Test func everyCommandOfTheDesignIsThere() {
        let names = Set(Self.all.map { $0.joined(separator: " ") })
        #expect(
            names == [
                "", "doctor", "tail", "send", "company", "company create", "company list", "user", "user create",
                "user reset-password", "user list", "migrate", "migrate verify", "migrate apply",
                "migrate rebase-journal", "key", "key generate", "setup",
            ])
    }

    @Test(arguments: all)
    func everyCommandHelpsWithAnExample(path: [String]) throws {
        let help = try AlertWhisperer.parseAsRoot(path + ["--help"])
        _ = help
        let text = AlertWhisperer.helpMessage(for: Self.type(path), columns: 120)
        #expect(text.contains("xample"), "aw \(path.joined(separator: " "))")
        #expect(text.contains("aw "))
    }

    private static func type(_ path: [String]) -> any ParsableCommand.Type {
        path.reduce(AlertWhisperer.self as any ParsableCommand.Type) { parent, name in
            parent.configuration.subcommands.first { $0._commandName == name } ?? parent
        }
    }

    @Test(arguments: [
        ["send", "--storm", "0"], ["send", "--connections", "0"], ["send", "--batch", "1001"],
        ["tail", "--after", "x"],
        ["tail", "--once"], ["user", "create", "a@b", "--role", "king"], ["user", "create", "a@b"],
        ["company", "create"], ["key", "generate", "--id", "k-1"], ["migrate", "undo"],
    ])
    func argumentsThatMakeNoSenseAreRefused(arguments: [String]) {
        #expect(throws: (any Error).self) { try AlertWhisperer.parseAsRoot(arguments) }
    }

    @Test func whatIsRefusedIsSaidInOneSentence() {
        let refusal = StoreRefusal.conflict(code: "email_taken", message: "Somebody has this e-mail address already.")
        #expect(CommandFailure(explaining: refusal)?.message == "Somebody has this e-mail address already.")
        #expect(CommandFailure(explaining: StoreRefusal.notFound("user"))?.message == "there is no such user")
    }

    @Test func aDatabaseOutOfReachSaysWhereToLook() {
        let failure = CommandFailure(explaining: PostgresError(.connectionFailed))
        #expect(failure?.advice?.contains("AW_DATABASE_URL") == true)
        let password = CommandFailure(explaining: PostgresError(.connectionFailed, sqlState: "28P01"))
        #expect(password?.advice?.contains("password") == true)
    }
}

@Suite struct TextTableTests {
    @Test func columnsStandUnderEachOtherWithoutSpaceAtTheEnd() {
        #expect(
            TextTable.lines([["ID", "NAME"], ["comp-a", "A"], ["b", "Bee"]]) == [
                "ID      NAME", "comp-a  A", "b       Bee",
            ])
    }
}
