/// How a proposal came about: what a model was asked, what it said, and what the checks made of it.
public struct DraftTrail: Hashable, Sendable {
    /// One question to a model, and its answer.
    public struct Exchange: Hashable, Sendable {
        /// What was asked: the deal and the offered products as JSON, or what was wrong with the answer before.
        public let question: String
        /// The answer as it came; nil when none did.
        public let answer: String?
        /// What the checks found; empty when the answer holds.
        public let problems: [String]
        /// What it cost.
        public let usage: TokenUsage
        /// How long it took.
        public let milliseconds: Int

        /// Makes an exchange.
        public init(question: String, answer: String?, problems: [String], usage: TokenUsage, milliseconds: Int) {
            self.question = question
            self.answer = answer
            self.problems = problems
            self.usage = usage
            self.milliseconds = milliseconds
        }
    }

    /// The model's name; nil when none was asked.
    public let model: String?
    /// Which wording of the instructions was used; nil when none was.
    public let promptVersion: String?
    /// The instructions that every question is under; empty when none was asked.
    public let instructions: String
    /// The questions, in order: one, or two with the repair.
    public let exchanges: [Exchange]
    /// Why the built-in drafter took over although a model is set up; nil when it did not.
    public let fallback: String?

    /// Makes a trail.
    public init(
        model: String? = nil, promptVersion: String? = nil, instructions: String = "", exchanges: [Exchange] = [],
        fallback: String? = nil
    ) {
        self.model = model
        self.promptVersion = promptVersion
        self.instructions = instructions
        self.exchanges = exchanges
        self.fallback = fallback
    }

    /// No model was involved.
    public static let none = DraftTrail()

    /// What all questions cost together.
    public var usage: TokenUsage { exchanges.reduce(.zero) { $0 + $1.usage } }
    /// How long all of them took.
    public var milliseconds: Int { exchanges.reduce(0) { $0 + $1.milliseconds } }
}

/// What a model counted.
public struct TokenUsage: Hashable, Sendable {
    /// Tokens of the question.
    public let question: Int
    /// Tokens of the answer.
    public let answer: Int

    /// Makes a count.
    public init(question: Int, answer: Int) {
        self.question = question
        self.answer = answer
    }

    /// Nothing.
    public static let zero = TokenUsage(question: 0, answer: 0)
    /// Both together.
    public var total: Int { question + answer }

    /// The sum of two counts.
    public static func + (left: TokenUsage, right: TokenUsage) -> TokenUsage {
        TokenUsage(question: left.question + right.question, answer: left.answer + right.answer)
    }
}

/// Why a model gave no answer, sorted by what has to happen next.
public struct ModelFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What has to happen next.
    public enum Kind: Hashable, Sendable {
        /// 5xx, 429, time-out, reset, garbage: asking again later may help.
        case passing(retryAfterSeconds: Int?, isUnclear: Bool)
        /// A refused key, an unknown model: asking again never helps.
        case lasting
    }

    /// What has to happen next.
    public let kind: Kind
    /// HTTP status, where there was an answer.
    public let status: Int?
    /// What went wrong, in words without the deal's data or secrets.
    public let reason: String

    /// Makes a failure.
    public init(_ kind: Kind, status: Int? = nil, reason: String) {
        self.kind = kind
        self.status = status
        self.reason = reason
    }

    /// Status and reason: safe to log, and fit to be shown.
    public var description: String { status.map { "\(reason) (HTTP \($0))" } ?? reason }
}
