import Console
import Runtime

/// The process that serves the HTTP API and the web app. Settings: see `docs/configuration.md`.
@main
struct ConsoleMain {
    static func main() async {
        await ServiceProcess.run("console") { environment in
            try await ConsoleService.build(environment: environment)
        }
    }
}
