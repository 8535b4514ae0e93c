import Domain
import Foundation
import HTTPTransport
import HTTPTypes
import Testing

@testable import LanguageModel

@Suite struct ModelDrafterTests {
    private let catalog: [Product] = [.fixture(1, "Website Basic"), .fixture(2, "Hosting"), .fixture(3, "Logo")]
    private var task: DraftingTask {
        .fixture(title: "Website Basic en 2 jaar hosting", catalog: catalog)
    }
    private let good = ScriptedModel.draft([
        ("p1", "1", "Website Basic", "Website Basic"), ("p2", "2", "voor de nieuwe site", "2 jaar hosting"),
    ])

    private func propose(
        _ server: ScriptedModel, _ task: DraftingTask? = nil, allowance: CountedAllowance = CountedAllowance(),
        patience: DraftPatience = .none
    ) async throws -> DraftProposal {
        try await ModelDrafter.fixture(server).propose(task ?? self.task, allowance: allowance, patience: patience)
    }

    @Test func `an answer that holds becomes the proposal, with its cost and without a fallback`() async throws {
        let (server, allowance) = (ScriptedModel(saying: good), CountedAllowance())
        let proposal = try await propose(server, allowance: allowance)
        #expect(proposal.lines.map(\.source) == [.catalog(catalog[0].id), .catalog(catalog[1].id)])
        #expect(proposal.lines.map(\.quantity) == [.one, .fixture("2")])
        #expect(proposal.lines.map(\.wording) == [nil, "Hosting: voor de nieuwe site"])
        #expect(proposal.lines.map(\.evidence) == ["Website Basic", "2 jaar hosting"])
        #expect(proposal.drafter == "test-model" && proposal.trail.fallback == nil)
        #expect(proposal.trail.usage == TokenUsage(question: 900, answer: 100))
        #expect(allowance.spent == 1000)
    }

    @Test func `the request is a chat completion with a strict schema, and holds no price and no secret`() async throws
    {
        let server = ScriptedModel(saying: good)
        _ = try await propose(server)
        let question = try #require(server.questions.first)
        let request = question.request.request
        #expect(request.method == .post && request.scheme == "https" && request.authority == "models.example")
        #expect(request.path == "/v1/chat/completions")
        #expect(request.headerFields[.authorization] == "Bearer sk-secret")
        #expect(!"\(question.request)\(question.request.debugDescription)".contains("sk-secret"))
        let format = question.body["response_format"]
        #expect(format?["type"]?.text == "json_schema")
        #expect(format?["json_schema"]?["strict"] == .flag(true))
        let schema = try #require(format?["json_schema"]?["schema"])
        #expect(schema["additionalProperties"] == .flag(false))
        #expect(schema.written.contains(#""enum":["p1","p2","p3"]"#))
        #expect(question.body["max_tokens"]?.integer == 1000)
        #expect(question.offers == ["p1", "p2", "p3"])
        let sent = question.texts.joined()
        #expect(!sent.contains("10.00") && !sent.contains("1000") && !sent.contains(catalog[0].id.text))
    }

    @Test func `of a large catalog sixty products are offered`() async throws {
        let many = (1...80).map { Product.fixture(UInt8($0), "Product \($0)") }
        let server = ScriptedModel(saying: good)
        _ = try await propose(server, .fixture(title: "Product 3", catalog: many))
        #expect(server.questions.first?.offers.count == 60)
    }

    @Test func `a deal with products of its own is asked about for the e-mail only`() async throws {
        let products = [
            DealProduct(
                itemID: nil, name: "Website", quantity: .fixture("2"),
                itemPrice: Money(minorUnits: 1000, currency: .eur), tax: .zero, taxMethod: .exclusive)
        ]
        let server = ScriptedModel(
            saying:
                #"{"email":{"subject":"Offerte","body":"\#(ScriptedModel.politeBody.replacing("\n", with: "\\n"))"}}"#)
        let proposal = try await propose(server, .fixture(title: "Website", products: products, catalog: catalog))
        #expect(proposal.lines.map(\.source) == [.dealProduct(0)])
        #expect(proposal.email.body == ScriptedModel.politeBody)
        #expect(server.questions.first?.offers == [])
    }

    @Test func `an answer that does not hold is asked for once more, with what was wrong`() async throws {
        let wrong = ScriptedModel.draft([("p9", "1", "Server", "Website Basic")])
        let (server, allowance) = (ScriptedModel(saying: wrong, good), CountedAllowance())
        let proposal = try await propose(server, allowance: allowance)
        #expect(proposal.drafter == "test-model")
        #expect(proposal.trail.exchanges.map(\.problems) == [["lines[0].product_id was not offered."], []])
        #expect(server.questions[1].texts.count == 4)
        #expect(server.questions[1].texts[3].contains("lines[0].product_id was not offered."))
        #expect(allowance.spent == 2000)
    }

    @Test func `after a second wrong answer the built-in drafter serves, and says so`() async throws {
        let server = ScriptedModel(saying: "Here you are: {")
        let proposal = try await propose(server)
        #expect(server.questions.count == 2)
        #expect(proposal.drafter == "built-in")
        #expect(proposal.trail.fallback == "The model's answer did not pass the checks.")
        #expect(proposal.trail.exchanges.count == 2)
        #expect(proposal.lines.map(\.source) == [.catalog(catalog[0].id), .catalog(catalog[1].id)])
    }

    @Test func `an answer cut off at the limit of tokens counts for nothing`() async throws {
        let good = self.good
        let server = ScriptedModel { _, number in
            (200, ScriptedModel.envelope(good, reason: number == 0 ? "length" : "stop"))
        }
        let proposal = try await propose(server)
        #expect(proposal.trail.exchanges.map(\.problems.count) == [1, 0])
    }

    @Test func `a model that refuses is not asked again`() async throws {
        let server = ScriptedModel { _, _ in (200, ScriptedModel.envelope("", refusal: "I can't help with that.")) }
        let proposal = try await propose(server)
        #expect(server.questions.count == 1)
        #expect(proposal.trail.fallback == "The model refused to answer.")
    }

    @Test(arguments: [500, 502, 503, 408, 429])
    func `a server that fails is waited for, or the built-in drafter serves`(_ status: Int) async throws {
        let server = ScriptedModel { _, _ in (status, "busy") }
        let failure = await #expect(throws: ModelFailure.self) { try await propose(server, patience: .later) }
        guard case .passing = failure?.kind else {
            Issue.record("\(String(describing: failure)) does not pass")
            return
        }
        let allowance = CountedAllowance()
        let proposal = try await propose(server, allowance: allowance)
        #expect(proposal.drafter == "built-in" && proposal.trail.fallback?.contains("HTTP \(status)") == true)
        #expect(allowance.spent == 0)
    }

    @Test(arguments: [401, 403, 404, 422])
    func `a refused key or an unknown model is not waited for`(_ status: Int) async throws {
        let server = ScriptedModel { _, _ in (status, "{}") }
        let proposal = try await propose(server, patience: .later)
        #expect(proposal.drafter == "built-in" && proposal.trail.fallback?.contains("HTTP \(status)") == true)
    }

    @Test func `a question of unclear outcome stays paid for`() async throws {
        let server = ScriptedModel { _, _ in
            throw HTTPTransportError(code: .timeout, place: "POST", mayHaveReachedServer: true)
        }
        let allowance = CountedAllowance()
        let proposal = try await propose(server, allowance: allowance)
        #expect(proposal.trail.fallback == "The model did not answer in time.")
        #expect(allowance.spent > 1000)
    }

    @Test func `without an allowance nothing is asked`() async throws {
        let server = ScriptedModel(saying: good)
        let proposal = try await propose(server, allowance: CountedAllowance(10))
        #expect(server.questions.isEmpty)
        #expect(proposal.trail.fallback == "The company's AI budget of today is used up.")
    }

    @Test func `a server that knows other words is asked in those`() async throws {
        let good = self.good
        let server = ScriptedModel { question, _ in
            question.body["max_tokens"] != nil
                ? (400, #"{"error":{"message":"Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'."}}"#)
                : (200, ScriptedModel.envelope(good))
        }
        let proposal = try await propose(server)
        #expect(proposal.drafter == "test-model")
        #expect(server.questions.count == 2)
        #expect(server.questions[1].body["max_completion_tokens"]?.integer == 1000)
    }

    @Test(arguments: [
        "ftp://x/v1", "models.example", "https://", "https://u:p@models.example/v1", "https://m/v1?key=1",
    ])
    func `an address that can't be asked is none`(_ url: String) {
        #expect(
            ModelConfiguration(url: url, key: nil, model: "m", timeoutSeconds: 30, answerLimit: 10) == nil)
    }

    @Test func `a local server is asked without a key`() async throws {
        let server = ScriptedModel(saying: good)
        let configuration = try #require(
            ModelConfiguration(
                url: "http://127.0.0.1:11434/v1/", key: nil, model: "m", timeoutSeconds: 30, answerLimit: 10))
        _ = try await ModelDrafter(configuration: configuration, transport: server).propose(
            task, allowance: UnlimitedAllowance(), patience: .none)
        let request = try #require(server.questions.first?.request.request)
        #expect(request.path == "/v1/chat/completions" && request.authority == "127.0.0.1:11434")
        #expect(request.headerFields[.authorization] == nil)
    }
}
