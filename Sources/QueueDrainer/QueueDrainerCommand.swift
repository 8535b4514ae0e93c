import ArgumentParser
import Bootstrap
import Workflows

/// Started by cron every minute; claims and delivers messages until its minute is over.
@main
struct QueueDrainerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue-drainer", abstract: "Delivers what waits in the queue. Any number may run side by side.",
        version: Version.text)

    @Flag(help: "Stop when nothing is due any more, instead of after a minute.")
    var once = false

    func run() async throws {
        let logger = Program.logger("queue-drainer")
        let environment = try Program.environment("queue-drainer", logger: logger)
        let stop = StopRequest()
        try environment.housekeeping.run(logger: logger)
        try environment.webhookWatch.run(logger: logger)
        try await environment.queueDrain().run(once ? .whenNothingIsDue : .after(.seconds(60)), logger: logger) {
            stop.isRequested
        }
    }
}
