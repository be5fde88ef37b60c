import Ingest
import Runtime

/// The process that takes alerts in. Settings: see `docs/configuration.md`.
@main
struct IngestMain {
    static func main() async {
        await ServiceProcess.run("ingest") { environment in
            try await IngestService.build(environment: environment)
        }
    }
}
