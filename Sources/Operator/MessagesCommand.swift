import ArgumentParser
import Bootstrap
import Domain
import Workflows

/// `paydock messages …`
struct MessagesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "messages", abstract: "The queue, over all companies.",
        subcommands: [List.self, Retry.self, Discard.self])

    /// `paydock messages list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Messages, newest first.")

        @Option(help: "Only this state; may be repeated.")
        var state: [String] = []
        @Option(help: "At most so many.")
        var limit = 50
        @Flag(help: "Print facts as JSON.")
        var json = false

        private struct Fact: Encodable {
            let id: Int64
            let company: String
            let kind: String
            let subject: String
            let state: String
            let attempts: Int
            let reason: String?
        }

        func run() async throws {
            let states = try state.map { text in
                guard let state = OutboxMessage.State(rawValue: text) else {
                    throw ValidationError("There is no state \(text).")
                }
                return state
            }
            let records = try Installation(settings: try Program.settings()).messages()
                .list(states.isEmpty ? nil : Set(states), limit: limit)
            let facts = records.map {
                Fact(
                    id: $0.id.rawValue, company: $0.companyID.text, kind: $0.kind.rawValue, subject: $0.subject,
                    state: $0.state.rawValue, attempts: $0.attemptCount, reason: $0.reason)
            }
            if json { return try Facts.print(facts) }
            for fact in facts {
                print(
                    "\(fact.id)\t\(fact.kind)\t\(fact.state)\t\(fact.attempts)\t\(fact.subject)\t\(fact.reason ?? "")")
            }
        }
    }

    /// `paydock messages retry`
    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets a waiting or discarded message go out again at once.")

        @Argument(help: "The message's number.")
        var id: Int64

        func run() async throws {
            try MessagesCommand.refusing { try $0.retry(OutboxMessage.ID(id)) }
        }
    }

    /// `paydock messages discard`
    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Gives a waiting message up.")

        @Argument(help: "The message's number.")
        var id: Int64

        func run() async throws {
            try MessagesCommand.refusing { try $0.discard(OutboxMessage.ID(id)) }
        }
    }

    fileprivate static func refusing(_ body: (Messages) throws -> Void) throws {
        do {
            try body(try Installation(settings: try Program.settings()).messages())
        } catch let refusal as Refusal {
            throw ValidationError(refusal.message)
        }
    }
}
