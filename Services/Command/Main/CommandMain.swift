import Command

/// The command for operators. `aw --help` says what it can do.
@main
struct CommandMain {
    static func main() async {
        await AlertWhisperer.main()
    }
}
