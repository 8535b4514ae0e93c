public import Domain
public import HTTPTransport

/// Drafts with a language model, whose answers count only once they have passed the checks; else as the built-in drafter
/// does, with a mark that says why.
public struct ModelDrafter: QuoteDrafter {
    private let chat: ChatModel
    private let builtIn = BuiltInDrafter()

    /// Wires the drafter; calls nothing yet.
    public init(configuration: ModelConfiguration, transport: any HTTPSending) {
        chat = ChatModel(configuration, transport: transport)
    }

    /// The model's name.
    public var name: String { chat.configuration.model }

    // One question, and one more try with what was wrong.
    private static let rounds = 2
    private static let shortestTime = Duration.seconds(2)

    /// Asks the model, at most twice, within the time and the allowance.
    public func propose(
        _ task: DraftingTask, allowance: any DraftAllowance, patience: DraftPatience
    ) async throws -> DraftProposal {
        let prompt = DraftPrompt(task)
        let checks = AnswerChecks(task, prompt)
        let end = ContinuousClock.now + chat.configuration.timeout
        var messages = [
            ChatModel.Message(role: "system", text: prompt.instructions),
            ChatModel.Message(role: "user", text: prompt.question),
        ]
        var trail = Trail(model: name, prompt: prompt)
        for round in 1...Self.rounds {
            let question = messages.last?.text ?? ""
            let left = end - .now
            guard left > Self.shortestTime else { break }
            let reserved = estimate(messages)
            guard try allowance.reserve(reserved) else {
                return builtIn.propose(task, trail: trail.ended("The company's AI budget of today is used up."))
            }
            let start = ContinuousClock.now
            func took() -> Int { Int((ContinuousClock.now - start) / .milliseconds(1)) }
            let answer: ChatModel.Answer
            do {
                answer = try await chat.answer(messages, schema: prompt.schema, timeout: left)
            } catch let failure as ModelFailure {
                // What was never asked costs nothing; of an unclear outcome nobody knows.
                if !failure.isUnclear { try allowance.settle(reserved: reserved, spent: 0) }
                if failure.isPassing, patience == .later, round == 1 { throw failure }
                trail.add(question, nil, ["\(failure)."], .zero, took())
                return builtIn.propose(task, trail: trail.ended("\(failure)."))
            }
            let usage = answer.usage ?? TokenUsage(question: reserved, answer: 0)
            try allowance.settle(reserved: reserved, spent: usage.total)
            guard let text = answer.text else {
                trail.add(question, nil, ["The model refused to answer."], usage, took())
                return builtIn.propose(task, trail: trail.ended("The model refused to answer."))
            }
            do throws(Problems) {
                if answer.isCut { throw Problems(["The answer was cut off: it has to be shorter."]) }
                let proposal = try checks.proposal(from: text, drafter: name)
                trail.add(question, text, [], usage, took())
                return DraftProposal(
                    lines: proposal.lines, email: proposal.email, drafter: proposal.drafter, trail: trail.ended(nil))
            } catch {
                trail.add(question, text, error.sentences, usage, took())
                messages += [
                    ChatModel.Message(role: "assistant", text: text),
                    ChatModel.Message(role: "user", text: DraftPrompt.repair(error.sentences)),
                ]
            }
        }
        return builtIn.propose(task, trail: trail.ended("The model's answer did not pass the checks."))
    }

    /// More than it will cost: three bytes a token, and the longest answer.
    private func estimate(_ messages: [ChatModel.Message]) -> Int {
        messages.reduce(chat.configuration.answerLimit) { $0 + $1.text.utf8.count / 3 }
    }

    /// What is noted down along the way.
    private struct Trail {
        let model: String
        let prompt: DraftPrompt
        private var exchanges: [DraftTrail.Exchange] = []

        init(model: String, prompt: DraftPrompt) {
            self.model = model
            self.prompt = prompt
        }

        mutating func add(
            _ question: String, _ answer: String?, _ problems: [String], _ usage: TokenUsage, _ milliseconds: Int
        ) {
            exchanges.append(
                DraftTrail.Exchange(
                    question: question, answer: answer.map { String($0.prefix(64 * 1024)) }, problems: problems,
                    usage: usage, milliseconds: milliseconds))
        }

        func ended(_ fallback: String?) -> DraftTrail {
            DraftTrail(
                model: model, promptVersion: DraftPrompt.version, instructions: prompt.instructions,
                exchanges: exchanges, fallback: fallback)
        }
    }
}

extension ModelFailure {
    fileprivate var isPassing: Bool { if case .passing = kind { true } else { false } }
    fileprivate var isUnclear: Bool { if case .passing(_, let isUnclear) = kind { isUnclear } else { false } }
}
