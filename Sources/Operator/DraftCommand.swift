import ArgumentParser
import Bootstrap
import Domain
import Workflows

/// `paydock draft …`
struct DraftCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draft", abstract: "Tries the drafting of quotes out, and measures it.",
        subcommands: [Test.self, Evaluate.self])

    /// `paydock draft test`
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Drafts a deal and shows every step; makes no quote and no contact.")

        @Option(help: "The deal's number in Pipedrive.")
        var deal: Int64
        @Option(help: "The company's id; may be left out where one company alone is connected.")
        var company: String?
        @Flag(help: "Print facts as JSON.")
        var json = false

        func run() async throws {
            let environment = try Program.environment("paydock", logger: Program.logger("paydock"))
            do {
                let id = try Self.company(company, environment.storage)
                let outcome = try await environment.draftTrials.outcome(of: Deal.ID(deal), company: id)
                if json { return try Facts.print(DraftFacts(outcome)) }
                for line in DraftFacts(outcome).lines { print(line) }
            } catch let refusal as Refusal {
                throw ValidationError(refusal.message)
            }
        }

        private static func company(_ text: String?, _ storage: any Storage) throws -> Company.ID {
            if let text {
                guard let id = Company.ID(text: text) else { throw ValidationError("--company is no id") }
                return id
            }
            let connected = try storage.transaction(.cron(nil)) { try $0.schedule.connected() }
            guard connected.count == 1, let only = connected.first else {
                throw ValidationError(
                    connected.isEmpty
                        ? "No company is connected to Pipedrive."
                        : "\(connected.count) companies are connected: say which by --company.")
            }
            return only
        }
    }

    /// `paydock draft evaluate`
    struct Evaluate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Measures the configured drafter on the deals of a folder; needs no database.")

        @Argument(help: "Folder with catalog.json and files of deals.")
        var folder: String
        @Flag(help: "Print facts as JSON.")
        var json = false

        func run() async throws {
            let report = try await Installation(settings: try Program.settings()).evaluateDrafter(folder: folder)
            if json { return try Facts.print(report) }
            for line in report.lines { print(line) }
        }
    }
}

/// A drafting as other programs read it, and as a person does.
struct DraftFacts: Encodable {
    struct Line: Encodable {
        let description: String
        let quantity: String
        let unit_price: String?
        let amount: String?
        let tax_percentage: String
        let source: String
        let evidence: String?
        let flag: String?
    }

    struct Exchange: Encodable {
        let question: String
        let answer: String?
        let problems: [String]
        let tokens: Int
        let milliseconds: Int
    }

    let deal: String
    let drafter: String
    let fallback: String?
    let model: String?
    let prompt_version: String?
    let instructions: String
    let exchanges: [Exchange]
    let lines_: [Line]
    let remarks: [String]
    let total_excl_tax: String?
    let total: String?
    let email_subject: String
    let email_body: String

    enum CodingKeys: String, CodingKey {
        case deal, drafter, fallback, model, prompt_version, instructions, exchanges, remarks, total_excl_tax, total
        case email_subject, email_body
        case lines_ = "lines"
    }

    init(_ outcome: DraftOutcome) {
        func money(_ units: Int64) -> String { Money(minorUnits: units, currency: outcome.currency).displayText }
        let trail = outcome.trail
        deal = outcome.dealTitle
        (drafter, fallback, model) = (outcome.drafter, trail.fallback, trail.model)
        (prompt_version, instructions) = (trail.promptVersion, trail.instructions)
        exchanges = trail.exchanges.map {
            Exchange(
                question: $0.question, answer: $0.answer, problems: $0.problems, tokens: $0.usage.total,
                milliseconds: $0.milliseconds)
        }
        lines_ = outcome.quote.lines.map { priced in
            let line = priced.line
            return Line(
                description: line.description, quantity: line.quantity.description,
                unit_price: line.unitPrice.map(money), amount: line.unitPrice == nil ? nil : line.amount().map(money),
                tax_percentage: line.tax.description, source: priced.source.rawValue, evidence: priced.evidence,
                flag: line.flag)
        }
        remarks = outcome.quote.remarks
        let totals = Self.totals(outcome)
        (total_excl_tax, total) = (totals.map { money($0.net) }, totals.map { money($0.gross) })
        (email_subject, email_body) = (outcome.email.subject, outcome.email.body)
    }

    /// Nil for sums that no document can hold.
    private static func totals(_ outcome: DraftOutcome) -> DocumentTotals? {
        do { return try DocumentTotals(lines: outcome.lines, currency: outcome.currency) } catch { return nil }
    }

    var lines: [String] {
        var text = ["Deal      \(deal)", "Drafter   \(drafter)"]
        if let fallback { text.append("Because   \(fallback)") }
        for (number, exchange) in exchanges.enumerated() {
            text += [
                "", "Question \(number + 1), \(exchange.tokens) tokens, \(exchange.milliseconds) ms:",
                exchange.question,
            ]
            text += ["Answer:", exchange.answer ?? "none"]
            text += exchange.problems.isEmpty ? ["All checks passed."] : exchange.problems.map { "- \($0)" }
        }
        text += ["", "Lines:"]
        for line in lines_ {
            text.append(
                "\(line.quantity) × \(line.description)\t\(line.unit_price ?? "no price")\t\(line.amount ?? "")\t\(line.source)"
            )
            if let evidence = line.evidence { text.append("    “\(evidence)”") }
            if let flag = line.flag { text.append("    \(flag)") }
        }
        text += remarks.map { "Remark: \($0)" }
        text.append("Total excl. tax \(total_excl_tax ?? "none"), incl. \(total ?? "none")")
        return text + ["", "Subject: \(email_subject)", email_body]
    }
}

extension DraftEvaluation.Report {
    fileprivate var lines: [String] {
        func percent(_ share: Double) -> String {
            "\(Int((share * 1000).rounded()) / 10).\(Int((share * 1000).rounded()) % 10) %"
        }
        var text = ["deal\tlanguage\texpected\tfound\tresult"]
        text += results.map { result in
            let expected = result.expected.isEmpty ? "nothing" : result.expected.joined(separator: ", ")
            let found = result.found.isEmpty ? "nothing" : result.found.joined(separator: ", ")
            let remarks =
                (result.isWhole ? ["right"] : ["wrong"]) + result.emailProblems + [result.fallback].compactMap(\.self)
            return "\(result.name)\t\(result.language)\t\(expected)\t\(found)\t\(remarks.joined(separator: "; "))"
        }
        return text + [
            "", "drafter\t\(drafter)", "deals\t\(deals)", "precision of lines\t\(percent(precision))",
            "recall of lines\t\(percent(recall))", "right quantities\t\(percent(quantityAccuracy))",
            "left to a person, rightly\t\(abstentionsRight) of \(abstentionsWanted)",
            "left to a person, wrongly\t\(abstentionsWrong)", "price errors\t\(priceErrors)",
            "e-mails with a problem\t\(emailsWithProblems)", "taken over by the built-in drafter\t\(fallbacks)",
            "tokens\t\(tokens)", "seconds\t\(milliseconds / 1000)",
        ]
    }
}
