public import Domain
import HTTPTransport
import HTTPTypes
import Synchronization

/// Where a model is asked, and how: a server that speaks OpenAI's chat completions, hosted or local.
public struct ModelConfiguration: Sendable {
    let scheme: String
    let authority: String
    let path: String
    let key: Secret?
    /// The model's name.
    public let model: String
    /// For both questions about a deal together.
    let timeout: Duration
    /// How many tokens an answer may have.
    let answerLimit: Int

    /// Reads a base address such as `https://api.example.com/v1`; nil when it is none.
    public init?(url: String, key: Secret?, model: String, timeoutSeconds: Int, answerLimit: Int) {
        let parts = url.split(separator: "://", maxSplits: 1).map(String.init)
        guard parts.count == 2, ["http", "https"].contains(parts[0].lowercased()) else { return nil }
        let place = parts[1].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let authority = place.first, !authority.isEmpty, !authority.contains("@"), !parts[1].contains("?"),
            !parts[1].contains("#")
        else { return nil }
        var path = place.count == 2 ? "/\(place[1])" : ""
        while path.hasSuffix("/") { path.removeLast() }
        (scheme, self.authority, self.path) = (parts[0].lowercased(), authority, path)
        (self.key, self.model, self.answerLimit) = (key, model, answerLimit)
        timeout = .seconds(timeoutSeconds)
    }
}

/// Asks one question over `POST …/chat/completions`.
struct ChatModel: Sendable {
    /// One part of a conversation.
    struct Message: Sendable {
        let role: String
        let text: String
    }

    /// What came back.
    struct Answer: Sendable {
        /// The answer's text; nil when the model will not answer.
        let text: String?
        /// Whether it was cut off at the limit of tokens.
        let isCut: Bool
        /// What it cost; nil when the server does not say.
        let usage: TokenUsage?
    }

    /// Which of the words that differ among servers this one knows.
    private struct Dialect: Hashable {
        var limitName = "max_tokens"
        var hasTemperature = true
    }

    let configuration: ModelConfiguration
    private let transport: any HTTPSending
    private let dialect = KnownDialect()

    private final class KnownDialect: Sendable {
        let value = Mutex(Dialect())
    }

    init(_ configuration: ModelConfiguration, transport: any HTTPSending) {
        self.configuration = configuration
        self.transport = transport
    }

    /// Asks. Throws `ModelFailure`.
    ///
    /// A server that refuses a word of the request is asked again without it, at most twice, and from then on always.
    func answer(_ messages: [Message], schema: JSONTree, timeout: Duration) async throws -> Answer {
        let end = ContinuousClock.now + timeout
        while true {
            let spoken = dialect.value.withLock { $0 }
            let response = try await send(messages, schema, spoken, timeout: end - .now)
            if response.response.status.code == 400, let other = Self.other(spoken, response.body), end > .now {
                dialect.value.withLock { $0 = other }
                continue
            }
            return try Self.answer(response)
        }
    }

    private func send(
        _ messages: [Message], _ schema: JSONTree, _ dialect: Dialect, timeout: Duration
    ) async throws -> IncomingResponse {
        var request = HTTPRequest(
            method: .post, scheme: configuration.scheme, authority: configuration.authority,
            path: "\(configuration.path)/chat/completions")
        request.headerFields[.contentType] = "application/json"
        request.headerFields[.accept] = "application/json"
        if let key = configuration.key { request.headerFields[.authorization] = "Bearer \(key.reveal())" }
        let body = Array(Self.body(messages, schema, configuration, dialect).written.utf8)
        let outgoing = OutgoingRequest(
            request: request, body: body, timeout: timeout, connectTimeout: min(timeout, .seconds(5)),
            maxResponseBytes: 1 << 20)
        do {
            return try await transport.send(outgoing)
        } catch let error as HTTPTransportError {
            let words = error.code == .timeout ? "did not answer in time" : "gave no answer (\(error.code.rawValue))"
            throw ModelFailure(
                .passing(retryAfterSeconds: nil, isUnclear: error.mayHaveReachedServer), reason: "The model \(words)")
        }
    }

    private static func body(
        _ messages: [Message], _ schema: JSONTree, _ configuration: ModelConfiguration, _ dialect: Dialect
    ) -> JSONTree {
        var members: [JSONTree.Member] = [
            .init(name: "model", value: .string(configuration.model)),
            .init(
                name: "messages",
                value: .array(messages.map { .members(["role": .string($0.role), "content": .string($0.text)]) })),
            .init(
                name: "response_format",
                value: .members([
                    "type": .string("json_schema"),
                    "json_schema": .members(["name": .string("quote"), "strict": .flag(true), "schema": schema]),
                ])),
            .init(name: dialect.limitName, value: .number(String(configuration.answerLimit))),
        ]
        if dialect.hasTemperature { members.append(.init(name: "temperature", value: .number("0"))) }
        return .object(members)
    }

    /// Newer models call the limit of tokens otherwise, and some take no temperature; nil when that is not it.
    private static func other(_ dialect: Dialect, _ body: [UInt8]) -> Dialect? {
        let words = String(decoding: body.prefix(4000), as: UTF8.self)
        var other = dialect
        if words.contains("max_completion_tokens") || words.contains("max_tokens") {
            other.limitName = "max_completion_tokens"
        }
        if words.contains("temperature") { other.hasTemperature = false }
        return other == dialect ? nil : other
    }

    // MARK: What comes back

    private static func answer(_ response: IncomingResponse) throws -> Answer {
        let status = response.response.status.code
        if let failure = failure(response) { throw failure }
        let tree: JSONTree
        do {
            tree = try JSONTreeReader.read(String(decoding: response.body, as: UTF8.self))
        } catch {
            throw ModelFailure(
                .passing(retryAfterSeconds: nil, isUnclear: true), status: status,
                reason: "The model server's answer can't be read")
        }
        guard let choice = tree["choices"]?.elements?.first, let message = choice["message"] else {
            throw ModelFailure(
                .passing(retryAfterSeconds: nil, isUnclear: true), status: status,
                reason: "The model server's answer holds no message")
        }
        let isRefused = message["refusal"]?.text?.isEmpty == false || choice["finish_reason"]?.text == "content_filter"
        let usage = tree["usage"].flatMap { usage -> TokenUsage? in
            guard let asked = usage["prompt_tokens"]?.integer, let said = usage["completion_tokens"]?.integer,
                asked >= 0, said >= 0
            else { return nil }
            return TokenUsage(question: min(asked, 10_000_000), answer: min(said, 10_000_000))
        }
        return Answer(
            text: isRefused ? nil : message["content"]?.text ?? "", isCut: choice["finish_reason"]?.text == "length",
            usage: usage)
    }

    /// Nil for 2xx. The reasons hold no words of the answer.
    private static func failure(_ response: IncomingResponse) -> ModelFailure? {
        let status = response.response.status.code
        switch status {
        case 200..<300: return nil
        case 401, 403: return ModelFailure(.lasting, status: status, reason: "The model server refused the key")
        case 404: return ModelFailure(.lasting, status: status, reason: "The model server does not know the model")
        case 408, 409, 425, 429, 500...:
            let seconds = HTTPField.Name("retry-after").flatMap { response.response.headerFields[$0] }
                .flatMap { Int($0) }
            return ModelFailure(
                .passing(retryAfterSeconds: seconds.map { min(max($0, 1), retryAfterLimit) }, isUnclear: false),
                status: status, reason: status == 429 ? "The model server is too busy" : "The model server failed")
        default: return ModelFailure(.lasting, status: status, reason: "The model server refused the question")
        }
    }

    // Somebody waits for the quote: longer than this the built-in drafter is the better answer.
    private static let retryAfterLimit = 300
}
