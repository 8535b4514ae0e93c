import ArgumentParser
import Bootstrap
import FastCGI
import Foundation
import Logging
import Web

/// One process of a pool: takes requests from the socket on standard input, until SIGTERM.
@main
struct FCGIAppCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fcgi-app",
        abstract: "Answers FastCGI requests; started by spawn-fcgi with multiwatch, or any FastCGI supervisor.",
        version: Version.text)

    @Option(help: "Exit after so many requests, to be started afresh.")
    var requests = 100_000

    @Option(help: "Exit when resident memory has grown above so many MiB.")
    var memory = 96

    func run() async throws {
        let logger = Program.logger("fcgi-app")
        let environment = try Program.environment("fcgi-app", logger: logger)
        let app = WebApp(
            useCases: UseCases(
                storage: environment.storage, secrets: environment.secrets, installs: environment.installs,
                panel: try environment.panel(), intake: environment.intake, mailing: environment.mailing,
                draftingModel: environment.draftingModel),
            configuration: WebConfiguration(
                publicURL: environment.publicURL, supportEmail: environment.supportEmail,
                consentOrigin: environment.consentOrigin),
            logger: logger)
        let limits = FastCGILimits(maxRequestCount: requests, maxResidentBytes: memory << 20)
        let listener = try FastCGIListener(limits: limits, logger: logger)
        let reason = try await listener.run { await app.respond(to: $0) }
        logger.info("Pool process stopped", metadata: ["reason": "\(reason)"])
    }
}
