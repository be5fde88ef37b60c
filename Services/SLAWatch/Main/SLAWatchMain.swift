import Runtime
import SLAWatch

/// The process that fires due timers. Settings: see `docs/configuration.md`.
@main
struct SLAWatchMain {
    static func main() async {
        await ServiceProcess.run("slawatch") { environment in
            try await SLAWatchService.build(environment: environment)
        }
    }
}
