public import Domain

/// How good a drafter is, found out on deals whose quotes are known: which lines it proposes, where it leaves a line to a
/// person, whether prices are right, and what its e-mails are like.
public struct DraftEvaluation: Sendable {
    /// A deal with what its quote should be.
    public struct Case: Sendable {
        /// What it is called in the table.
        public let name: String
        /// The deal and the catalog.
        public let task: DraftingTask
        /// Products by their code, with quantities; empty when a person has to decide.
        public let expected: [String: Quantity]
        /// What the lines come to without tax, in minor units; nil where that is not said.
        public let net: Int64?

        /// Makes a case.
        public init(name: String, task: DraftingTask, expected: [String: Quantity], net: Int64? = nil) {
            self.name = name
            self.task = task
            self.expected = expected
            self.net = net
        }

        /// Whether nothing of the catalog should be on the quote.
        public var wantsAbstention: Bool { expected.isEmpty && !task.hasOwnProducts }
    }

    /// What came of one case.
    public struct Result: Hashable, Sendable, Encodable {
        /// The case's name.
        public let name: String
        /// Language of the quote.
        public let language: String
        /// Products with quantities that should be there.
        public let expected: [String]
        /// Products with quantities that are there.
        public let found: [String]
        /// Lines that should be there and are, with the right product.
        public let rightLines: Int
        /// Of those, lines with the right quantity.
        public let rightQuantities: Int
        /// Lines with a product that should not be there.
        public let wrongLines: Int
        /// Lines that should be there and are not.
        public let missingLines: Int
        /// Whether a person should decide, and whether the drafter left it to one.
        public let wantsAbstention: Bool
        /// Whether no product was proposed.
        public let abstains: Bool
        /// By how much the lines miss the known sum, in minor units; nil where none is known.
        public let priceError: Int64?
        /// What is wrong with the e-mail.
        public let emailProblems: [String]
        /// Why the built-in drafter took over; nil when it did not.
        public let fallback: String?
        /// What the model counted.
        public let tokens: Int
        /// How long it took.
        public let milliseconds: Int
    }

    private let drafter: any QuoteDrafter

    /// Takes the drafter that is to be measured.
    public init(_ drafter: any QuoteDrafter) {
        self.drafter = drafter
    }

    /// Drafts all cases, one after the other.
    public func run(_ cases: [Case]) async throws -> Report {
        var results: [Result] = []
        for item in cases {
            let proposal = try await drafter.propose(item.task, allowance: UnlimitedAllowance(), patience: .none)
            results.append(Self.result(item, proposal))
        }
        return Report(drafter: drafter.name, results: results)
    }

    static func result(_ item: Case, _ proposal: DraftProposal) -> Result {
        let priced = QuotePricing.priced(proposal, task: item.task)
        let codes = Dictionary(
            (item.task.catalog + item.task.linked.values).map { ($0.id, $0.details.code ?? $0.details.name) }
        ) { first, _ in first }
        var found: [String: Quantity] = [:]
        for line in priced.lines {
            guard let code = line.line.productID.flatMap({ codes[$0] }) else { continue }
            let sum = (found[code]?.tenThousandths ?? 0) + line.line.quantity.tenThousandths
            found[code] = Quantity(tenThousandths: sum)
        }
        let right = item.expected.filter { found[$0.key] != nil }
        let net = priced.lines.reduce(Int64(0)) { $0 + ($1.line.amount() ?? 0) }
        return Result(
            name: item.name, language: item.task.language, expected: Self.words(item.expected),
            found: Self.words(found), rightLines: right.count,
            rightQuantities: right.count { found[$0.key] == $0.value },
            wrongLines: found.keys.count { item.expected[$0] == nil },
            missingLines: item.expected.count - right.count, wantsAbstention: item.wantsAbstention,
            abstains: found.isEmpty && !item.task.hasOwnProducts,
            priceError: item.net.map { abs(net - $0) }, emailProblems: Self.problems(proposal.email, item.task),
            fallback: proposal.trail.fallback, tokens: proposal.trail.usage.total,
            milliseconds: proposal.trail.milliseconds)
    }

    private static func words(_ products: [String: Quantity]) -> [String] {
        products.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
    }

    /// What anybody can hold an e-mail to, whoever wrote it.
    private static func problems(_ email: EmailText, _ task: DraftingTask) -> [String] {
        var problems: [String] = []
        let text = "\(email.subject)\n\(email.body)"
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        if email.subject.isEmpty || email.subject.count > 150 { problems.append("subject's length") }
        if !(40...4000).contains(email.body.count) { problems.append("body's length") }
        if words.contains(where: CustomerWording.isLink) { problems.append("a link") }
        if CustomerWording.holdsMarkup(text) { problems.append("markup") }
        if CustomerWording.holdsAmount(text) { problems.append("an amount") }
        if !task.companyName.isEmpty, !text.contains(task.companyName) { problems.append("no sender") }
        let first = task.context.person?.name.split(separator: " ").first.map(String.init)
        if let first, !email.body.contains(first) { problems.append("no greeting by name") }
        return problems
    }

    /// The figures of all cases together.
    public struct Report: Sendable, Encodable {
        /// The drafter's name.
        public let drafter: String
        /// How many deals.
        public let deals: Int
        /// Of the proposed lines, the share with a right product.
        public let precision: Double
        /// Of the expected lines, the share that was proposed.
        public let recall: Double
        /// Of the right lines, the share with the right quantity.
        public let quantityAccuracy: Double
        /// Deals that a person should decide about, and in how many of them the drafter left it to one.
        public let abstentionsWanted: Int
        /// Of those, how many it left to a person.
        public let abstentionsRight: Int
        /// Deals that have products, of which it proposed none.
        public let abstentionsWrong: Int
        /// Deals with a known sum whose lines miss it although all products and quantities are right.
        public let priceErrors: Int
        /// Deals whose e-mail has a problem.
        public let emailsWithProblems: Int
        /// Deals that the built-in drafter took over from a model.
        public let fallbacks: Int
        /// What the model counted in all.
        public let tokens: Int
        /// How long all of it took.
        public let milliseconds: Int
        /// Every case.
        public let results: [Result]

        init(drafter: String, results: [Result]) {
            func sum(_ value: (Result) -> Int) -> Int { results.reduce(0) { $0 + value($1) } }
            func share(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 1 : Double(part) / Double(whole) }
            let (right, wrong, missing) = (sum(\.rightLines), sum(\.wrongLines), sum(\.missingLines))
            self.drafter = drafter
            deals = results.count
            precision = share(right, right + wrong)
            recall = share(right, right + missing)
            quantityAccuracy = share(sum(\.rightQuantities), right)
            abstentionsWanted = results.count(where: \.wantsAbstention)
            abstentionsRight = results.count { $0.wantsAbstention && $0.abstains }
            abstentionsWrong = results.count { !$0.wantsAbstention && $0.abstains }
            priceErrors = results.count { $0.isWhole && ($0.priceError ?? 0) != 0 }
            emailsWithProblems = results.count { !$0.emailProblems.isEmpty }
            fallbacks = results.count { $0.fallback != nil }
            tokens = sum(\.tokens)
            milliseconds = sum(\.milliseconds)
            self.results = results
        }
    }
}

extension DraftEvaluation.Result {
    /// Whether every line is there with its quantity, and none besides.
    public var isWhole: Bool {
        wrongLines == 0 && missingLines == 0 && rightQuantities == rightLines && wantsAbstention == abstains
    }
}
