import Domain
import Foundation
import HTTPTransport
import HTTPTypes
import Synchronization

@testable import LanguageModel

/// A model server that says what the test wants, and remembers what it was asked.
final class ScriptedModel: HTTPSending {
    /// What the test sees of a question.
    struct Question: Sendable {
        let request: OutgoingRequest
        let body: JSONTree

        /// The messages' texts, in order.
        var texts: [String] { body["messages"]?.elements?.compactMap { $0["content"]?.text } ?? [] }
        /// The deal and the catalog.
        var given: JSONTree? { texts.count > 1 ? Result { try JSONTreeReader.read(texts[1]) }.value : nil }
        /// The short names of the offered products.
        var offers: [String] { given?["catalog"]?.elements?.compactMap { $0["id"]?.text } ?? [] }
    }

    private let seen = Mutex<[Question]>([])
    private let answer: @Sendable (Question, Int) throws -> (Int, String)

    /// Answers with a status and a body, by question and its number.
    init(_ answer: @escaping @Sendable (Question, Int) throws -> (Int, String)) { self.answer = answer }

    /// Answers 200 with these texts, in turn, the last one again and again.
    convenience init(saying texts: String...) {
        self.init { _, number in (200, Self.envelope(texts[min(number, texts.count - 1)])) }
    }

    var questions: [Question] { seen.withLock { $0 } }

    func send(_ request: OutgoingRequest) async throws -> IncomingResponse {
        let body = try JSONTreeReader.read(String(decoding: request.body ?? [], as: UTF8.self))
        let question = Question(request: request, body: body)
        let number = seen.withLock { seen in
            seen.append(question)
            return seen.count - 1
        }
        let (status, text) = try answer(question, number)
        return IncomingResponse(
            response: HTTPResponse(status: HTTPResponse.Status(code: status)), body: Array(text.utf8))
    }

    /// A chat completion that says the text.
    static func envelope(_ text: String, refusal: String? = nil, reason: String = "stop") -> String {
        JSONTree.members([
            "choices": .array([
                .members([
                    "index": .number("0"), "finish_reason": .string(reason),
                    "message": .members([
                        "role": .string("assistant"), "content": refusal == nil ? .string(text) : .null,
                        "refusal": refusal.map(JSONTree.string) ?? .null,
                    ]),
                ])
            ]), "usage": .members(["prompt_tokens": .number("900"), "completion_tokens": .number("100")]),
        ]).written
    }

    /// An answer in the schema.
    static func draft(
        _ lines: [(product: String?, quantity: String, wording: String, evidence: String)], subject: String = "Offerte",
        body: String = ScriptedModel.politeBody
    ) -> String {
        JSONTree.members([
            "lines": .array(
                lines.map { line in
                    .members([
                        "product_id": line.product.map(JSONTree.string) ?? .null, "quantity": .number(line.quantity),
                        "wording": .string(line.wording), "evidence": .string(line.evidence),
                    ])
                }), "email": .members(["subject": .string(subject), "body": .string(body)]),
        ]).written
    }

    static let politeBody =
        "Beste Anna,\n\nHartelijk dank voor uw aanvraag. Hierbij ontvangt u onze offerte.\n\nMet vriendelijke groet,\nStudio Noord"
}

extension Result {
    /// What it holds; nil after a failure.
    fileprivate var value: Success? { if case .success(let value) = self { value } else { nil } }
}

extension ModelDrafter {
    /// Asks this server.
    static func fixture(_ server: any HTTPSending, url: String = "https://models.example/v1") throws -> ModelDrafter {
        guard
            let configuration = ModelConfiguration(
                url: url, key: Secret("sk-secret"), model: "test-model", timeoutSeconds: 30, answerLimit: 1000)
        else { throw WrongFixture() }
        return ModelDrafter(configuration: configuration, transport: server)
    }

    private struct WrongFixture: Error {}
}

/// An allowance that a test looks at.
final class CountedAllowance: DraftAllowance {
    private let state: Mutex<(left: Int, spent: Int)>

    init(_ limit: Int = .max) { state = Mutex((limit, 0)) }

    var spent: Int { state.withLock { $0.spent } }

    func reserve(_ tokens: Int) throws -> Bool {
        state.withLock { state in
            guard tokens <= state.left else { return false }
            state.left -= tokens
            state.spent += tokens
            return true
        }
    }

    func settle(reserved: Int, spent: Int) throws { state.withLock { $0.spent += spent - reserved } }
}
