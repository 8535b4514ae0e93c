import ArgumentParser
import Bootstrap
import Domain
import Foundation
import Workflows

/// `paydock restored`
struct RestoredCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restored",
        abstract: "After the database was restored from a backup: has what may have been sent since looked for.",
        discussion: """
            Run it after `paydock migrate`, before cron starts the first drainer. Run again, it does nothing.
            """)

    @Flag(help: "Print facts as JSON.")
    var json = false

    private struct Fact: Encodable {
        let worked_until: String?
        let done_before: Bool
        let notes: Int
        let mails: Int
        let runs: Int
        let creations: Int
        let connections: Int
        let grants: Int
    }

    func run() async throws {
        let outcome: Restoration.Outcome
        do {
            outcome = try Restoration(
                storage: try Installation(settings: try Program.settings()).databaseAlone()
            ).run()
        } catch let refusal as Refusal {
            throw ValidationError(refusal.message)
        }
        if json { return try Facts.print(Self.fact(outcome)) }
        for line in Self.lines(outcome) { print(line) }
    }

    private static func fact(_ outcome: Restoration.Outcome) -> Fact {
        Fact(
            worked_until: outcome.workedUntil.map { $0.formatted(.iso8601) }, done_before: outcome.isRepeat,
            notes: outcome.noteCount, mails: outcome.mailCount, runs: outcome.runCount,
            creations: outcome.creationCount, connections: outcome.connectionCount, grants: outcome.grantCount)
    }

    private static func lines(_ outcome: Restoration.Outcome) -> [String] {
        guard let workedUntil = outcome.workedUntil else { return ["Nothing was ever sent from this database."] }
        let backup = "The backup's last work was at \(workedUntil.formatted(.iso8601))."
        if outcome.isRepeat { return [backup, "It was gone through before, and nothing was sent since."] }
        return [
            backup, "\(outcome.noteCount) notes are looked for before they are posted.",
            "\(outcome.mailCount) mails are unclear: their documents say so, and a person sends them again.",
            "\(outcome.runCount) sync runs were ended: what they had read is old.",
            "\(outcome.creationCount) records are looked for in Pipedrive before they are made there.",
            "\(outcome.connectionCount) connections catch up, \(outcome.grantCount) grants are tried.",
            "Start cron now.",
        ]
    }
}
