import Domain

/// Holds a model's answer against what was asked: only what was offered, only what the deal says, nothing that does not
/// belong before a customer's eyes. Pure.
struct AnswerChecks {
    private let task: DraftingTask
    private let prompt: DraftPrompt
    private let evidence: EvidenceCheck
    private let words: CustomerTextCheck

    init(_ task: DraftingTask, _ prompt: DraftPrompt) {
        self.task = task
        self.prompt = prompt
        let context = task.context
        let names =
            [context.person?.name, context.organization?.name].compactMap(\.self) + context.products.map(\.name)
            + context.discounts.map(\.description)
        evidence = EvidenceCheck(prompt.texts)
        words = CustomerTextCheck(
            trusted: [task.companyName, task.instructions] + task.catalog.map(\.details.name),
            foreign: prompt.texts + names)
    }

    /// The proposal that the answer comes to. Throws `Problems`.
    func proposal(from text: String, drafter: String) throws(Problems) -> DraftProposal {
        let answer = try ModelAnswer(text, asksForLines: prompt.asksForLines)
        var problems = Problems([])
        var lines: [DraftProposal.Line] = []
        if prompt.asksForLines {
            for (index, line) in answer.lines.enumerated() {
                lines.append(self.line(line, "lines[\(index)]", &problems))
            }
            checkRepeats(answer.lines, &problems)
        } else {
            lines = task.context.products.enumerated().filter(\.element.isEnabled).map { index, product in
                DraftProposal.Line(source: .dealProduct(index), wording: nil, quantity: product.quantity)
            }
        }
        let email = self.email(answer, &problems)
        guard problems.sentences.isEmpty else { throw problems }
        return DraftProposal(lines: lines, email: email, drafter: drafter)
    }

    // MARK: Lines

    private static let wordingLimit = 200
    private static let quantities: ClosedRange<Int64> = 1...100_000_000

    private func line(
        _ line: ModelAnswer.Line, _ place: String, _ problems: inout Problems
    ) -> DraftProposal.Line {
        let product = line.product.flatMap { prompt.offers[$0] }
        if line.product != nil, product == nil { problems.add("\(place).product_id was not offered.") }
        if !Self.quantities.contains(line.quantity.tenThousandths) {
            problems.add("\(place).quantity has to be above 0 and at most 10000.")
        }
        let quote = CustomerWording.oneLine(line.evidence)
        let names = [product?.details.name, product?.details.code, product?.details.description].compactMap(\.self)
        switch evidence.verdict(on: quote, naming: names) {
        case .stands(let text):
            if line.quantity != .one, !SpokenNumbers.stands(line.quantity, in: text) {
                problems.add("\(place).quantity does not stand in the deal's text: it is 1 then.")
            }
        case .missing: problems.add("\(place).evidence does not stand in the deal, letter by letter.")
        case .length: problems.add("\(place).evidence has to have 3 to 300 characters.")
        case .order: problems.add("\(place).evidence gives orders: it asks for no product.")
        }
        let wording = self.wording(line.wording, of: product, place, &problems)
        return DraftProposal.Line(
            source: product.map { .catalog($0.id) } ?? .need, wording: wording, quantity: line.quantity,
            evidence: quote)
    }

    /// The product's own name always stands there, so that no wording can sell something else.
    private func wording(
        _ given: String, of product: Product?, _ place: String, _ problems: inout Problems
    ) -> String? {
        let text = CustomerWording.oneLine(given)
        guard !text.isEmpty else {
            if product == nil { problems.add("\(place).wording has to name the need.") }
            return nil
        }
        if text.count > Self.wordingLimit {
            problems.add("\(place).wording has more than \(Self.wordingLimit) characters.")
        }
        for sentence in words.problems(in: text) { problems.add("\(place).wording \(sentence).") }
        guard let name = product.map({ CustomerWording.name($0.details.name, atMost: 300) }), !name.isEmpty else {
            return text
        }
        if CommandWords.folded(name) == CommandWords.folded(text) { return nil }
        return CommandWords.folded(text).contains(CommandWords.folded(name)) ? text : "\(name): \(text)"
    }

    private func checkRepeats(_ lines: [ModelAnswer.Line], _ problems: inout Problems) {
        var seen: Set<String> = []
        for product in lines.compactMap(\.product) where !seen.insert(product).inserted {
            problems.add("A product stands on two lines: put it on one.")
        }
    }

    // MARK: E-mail

    private static let subjectLimit = 150
    private static let bodyLengths = 40...4000

    private func email(_ answer: ModelAnswer, _ problems: inout Problems) -> EmailText {
        let subject = CustomerWording.oneLine(answer.subject)
        let body = Self.trimmed(CustomerWording.visible(answer.body.replacing("\r\n", with: "\n")))
        if subject.isEmpty || subject.count > Self.subjectLimit {
            problems.add("email.subject has to have 1 to \(Self.subjectLimit) characters.")
        }
        if answer.subject.contains(where: \.isNewline) { problems.add("email.subject has to be one line.") }
        if !Self.bodyLengths.contains(body.count) { problems.add("email.body has to have 40 to 4000 characters.") }
        for sentence in words.problems(in: subject) { problems.add("email.subject \(sentence).") }
        for sentence in words.problems(in: body) { problems.add("email.body \(sentence).") }
        if let language = LanguageGuess.language(of: body), language != task.language {
            problems.add("email.body has to be in the language \(task.language), and seems to be in \(language).")
        }
        return EmailText(subject: subject, body: body)
    }

    private static func trimmed(_ text: String) -> String {
        var rest = text.drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
