import Correlator
import Runtime

/// The process that groups alerts into incidents. Settings: see `docs/configuration.md`.
@main
struct CorrelatorMain {
    static func main() async {
        await ServiceProcess.run("correlator") { environment in
            try await CorrelatorService.build(environment: environment)
        }
    }
}
