import ArgumentParser
import Bootstrap
import Workflows

/// Started by cron every minute; claims and delivers messages until its minute is over.
@main
struct QueueDrainerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue-drainer", abstract: "Delivers what waits in the queue. Any number may run side by side.",
        discussion: """
            Ends with 0 when it did its work, whatever became of the messages: the last line says that. Ends with 1 when it \
            could not, because of its settings or the database; the next drainer goes on.
            """, version: Version.text)

    @Flag(help: "Stop when nothing is due any more, instead of after a minute.")
    var once = false
    @Option(help: "Messages worked on at once.")
    var concurrency = QueueDrain.Limits().messages
    @Option(help: "Of these, messages of one company.")
    var perCompany = QueueDrain.Limits().perCompany

    func validate() throws {
        guard concurrency > 0, perCompany > 0 else { throw ValidationError("At least one message has to be held.") }
    }

    func run() async throws {
        let logger = Program.logger("queue-drainer")
        let environment = try Program.environment("queue-drainer", logger: logger)
        let stop = StopRequest()
        try environment.housekeeping.run(logger: logger)
        try environment.webhookWatch.run(logger: logger)
        try environment.retention.run(logger: logger)
        let limits = QueueDrain.Limits(messages: concurrency, perCompany: perCompany)
        let summary = try await environment.queueDrain(limits)
            .run(once ? .whenNothingIsDue : .after(.seconds(60)), logger: logger) { stop.isRequested }
        print(summary)
    }
}
