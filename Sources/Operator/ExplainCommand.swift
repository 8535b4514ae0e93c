import ArgumentParser
import Bootstrap
import Domain
import FoundationEssentials
import Workflows

/// `paydock explain`
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Says why a deal has its quote, or none, and what is known of it.")

    @Option(help: "The company's id.")
    var company: String
    @Option(help: "The deal's number in Pipedrive.")
    var deal: Int64
    @Flag(help: "Print facts as JSON.")
    var json = false

    func run() async throws {
        guard let id = Company.ID(text: company) else { throw ValidationError("--company is no id") }
        let storage = try Installation(settings: try Program.settings()).databaseAlone()
        do {
            let facts = ExplanationFacts(try DealExplanation.read(Deal.ID(deal), company: id, from: storage))
            if json { return try Facts.print(facts) }
            for line in facts.lines { print(line) }
        } catch let refusal as Refusal {
            throw ValidationError(refusal.message)
        }
    }
}

/// An explanation as other programs read it.
private struct ExplanationFacts: Encodable {
    struct Message: Encodable {
        let id: Int64
        let kind: String
        let state: String
        let attempts: Int
        let reason: String?
        let created_at: String
    }

    struct Drafting: Encodable {
        let purpose: String
        let drafter: String?
        let fallback: String?
        let tokens: Int
        let requested_at: String
    }

    let verdict: String
    let connection: String?
    let title: String?
    let entered_at: String?
    let entered_again_at: String?
    let state: String?
    let reason: String?
    let quote: String?
    let quote_state: String?
    let draftings: [Drafting]
    let messages: [Message]

    init(_ explanation: DealExplanation) {
        func text(_ date: Date) -> String { date.formatted(.iso8601) }
        let draft = explanation.draft
        verdict = explanation.verdict
        connection = explanation.connection?.state.rawValue
        title = explanation.glance?.title
        (entered_at, entered_again_at) = (draft.map { text($0.requestedAt) }, draft?.againAt.map(text))
        (state, reason) = (draft?.state.rawValue, draft?.reason)
        (quote, quote_state) = (explanation.quote?.number, explanation.quote?.state.rawValue)
        draftings = explanation.records.map {
            Drafting(
                purpose: $0.purpose.rawValue, drafter: $0.outcome?.drafter, fallback: $0.outcome?.trail.fallback,
                tokens: $0.outcome?.trail.usage.total ?? 0, requested_at: text($0.requestedAt))
        }
        messages = explanation.messages.map {
            Message(
                id: $0.id.rawValue, kind: $0.kind.rawValue, state: $0.state.rawValue, attempts: $0.attemptCount,
                reason: $0.reason, created_at: text($0.createdAt))
        }
    }

    var lines: [String] {
        var lines = [verdict]
        if let connection { lines.append("connection\t\(connection)") }
        if let title { lines.append("title\t\(title)") }
        if let entered_at { lines.append("entered\t\(entered_at)\t\(state ?? "")\t\(reason ?? "")") }
        if let entered_again_at { lines.append("entered again\t\(entered_again_at)") }
        if let quote { lines.append("quote\t\(quote)\t\(quote_state ?? "")") }
        lines += draftings.map {
            "drafted for\t\($0.purpose)\t\($0.requested_at)\t\($0.drafter ?? "")\t\($0.tokens) tokens\t\($0.fallback ?? "")"
        }
        lines += messages.map {
            "message \($0.id)\t\($0.kind)\t\($0.state)\t\($0.attempts) attempts\t\($0.created_at)\t\($0.reason ?? "")"
        }
        return lines
    }
}
