import ArgumentParser
import Bootstrap
import Foundation
import Logging
import Workflows

/// Started by cron every 15 minutes; starts the runs that are due since 04:00 UTC. The drainers do their steps.
@main
struct NightlySyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nightly-sync", abstract: "Starts the nightly sync runs that are due.", version: Version.text)

    func run() async throws {
        let logger = Program.logger("nightly-sync")
        let environment = try Program.environment("nightly-sync", logger: logger)
        let count = try environment.nightlyRuns.start(now: Date(), logger: logger)
        logger.info("Due sync runs started", metadata: ["count": "\(count)"])
    }
}
