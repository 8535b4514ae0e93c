import ArgumentParser
import Bootstrap
import Domain
import Workflows

/// `paydock sync …`
struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync", abstract: "Sync runs.", subcommands: [Run.self])

    /// `paydock sync run`
    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Starts a run of one company; the drainers do its steps.")

        @Option(help: "The company's id.")
        var company: String
        @Flag(help: "Print facts as JSON.")
        var json = false

        func run() async throws {
            guard let id = Company.ID(text: company) else { throw ValidationError("--company is no id") }
            let environment = try Program.environment("paydock", logger: Program.logger("paydock"))
            do {
                let isStarted = try Integration(storage: environment.storage).syncNow(id)
                if json {
                    try Facts.print(["started": isStarted])
                } else {
                    print(isStarted ? "The run has started." : "A run is at work already.")
                }
            } catch let refusal as Refusal {
                throw ValidationError(refusal.message)
            }
        }
    }
}
