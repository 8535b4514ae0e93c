/// A pretended language model behind the API that OpenAI made common: chat completions and responses.
struct ModelDesk {
    private static let models = ["sandbox-model"]

    let sandbox: Sandbox

    func answer(_ request: Request) async -> Outcome {
        var outcome = Outcome(route: request.path)
        switch (request.method, request.path) {
        case ("GET", "/v1/models"): outcome.reply = Self.list
        case ("POST", "/v1/chat/completions"): outcome.reply = await ask(request, Self.completion)
        case ("POST", "/v1/responses"): outcome.reply = await ask(request, Self.response)
        default:
            outcome.route = nil
            outcome.reply = Self.problem(404, "Unknown request URL", "invalid_request_error")
        }
        if let status = outcome.reply?.status, status >= 400 { outcome.problems = ["refused with \(status)"] }
        return outcome
    }

    /// What the model says: some text, or that it will not.
    private enum Speech {
        case text(String)
        case refusal(String)
    }

    private func ask(_ request: Request, _ wrap: (ModelQuestion, Speech, Int) -> JSON) async -> Reply {
        let body: JSON
        do { body = try JSONParser.parse(request.body) } catch {
            return Self.problem(400, "The body is not JSON", "invalid_request_error")
        }
        guard let question = ModelQuestion(body) else {
            return Self.problem(400, "A model and messages are needed", "invalid_request_error")
        }
        if body["stream"] == true { return Self.problem(400, "Streaming is not offered", "invalid_request_error") }
        let setting = sandbox.model.draw()
        let number = sandbox.model.add(
            ModelBehaviour.Entry(
                at: sandbox.clock(), path: request.path, mode: setting.mode, hasKey: request.bearerToken != nil,
                question: body, status: 0))
        if setting.mode == .timeout {
            do { try await Task.sleep(for: .milliseconds(Int(setting.holdSeconds * 1000))) } catch { return Reply() }
        }
        let speech = Self.speak(question, setting.mode)
        let reply = Reply.json(wrap(question, speech, sandbox.clock().seconds))
        switch speech {
        case .text(let text), .refusal(let text): sandbox.model.note(number, answer: text, status: reply.status)
        }
        return reply
    }

    private static func speak(_ question: ModelQuestion, _ mode: ModelMode) -> Speech {
        switch mode {
        case .good, .timeout: return .text(sensible(question))
        case .invalidJSON: return .text(String(sensible(question).dropLast(12)) + #", "unfinished": ["#)
        case .schemaViolation: return .text(JSONWriter.text(violating(SensibleAnswer(question).json)))
        case .refusal: return .refusal("I'm sorry, but I cannot help with that request.")
        case .injected:
            var answer = SensibleAnswer(question)
            answer.obeyed = InjectedText.commands(in: question.given)
            if question.schema == nil { return .text(answer.obeyed ?? "") }
            return .text(JSONWriter.text(InjectedText.steered(answer.json)))
        }
    }

    private static func sensible(_ question: ModelQuestion) -> String {
        question.schema == nil
            ? "Here is a short answer about \(question.title)." : JSONWriter.text(SensibleAnswer(question).json)
    }

    /// Numbers as text, texts as numbers, and a member nobody asked for.
    private static func violating(_ answer: JSON) -> JSON {
        switch answer {
        case .int, .number: return .string(JSONWriter.text(answer))
        case .string: return 42
        case .array(let list): return .array(list.map(violating))
        case .object(let object):
            var wrong = JSONObject(object.members.map { ($0.key, violating($0.value)) })
            wrong["unasked"] = true
            return .object(wrong)
        default: return answer
        }
    }

    // MARK: Envelopes

    private static func completion(_ question: ModelQuestion, _ speech: Speech, _ now: Int) -> JSON {
        var message: JSONObject = ["role": "assistant", "content": nil, "refusal": nil]
        switch speech {
        case .text(let text): message["content"] = .string(text)
        case .refusal(let text): message["refusal"] = .string(text)
        }
        let (asked, said) = counts(question, speech)
        return [
            "id": .string("chatcmpl-" + RandomText.token(length: 24)), "object": "chat.completion",
            "created": .int(now),
            "model": .string(question.model),
            "choices": [["index": 0, "message": .object(message), "logprobs": nil, "finish_reason": "stop"]],
            "usage": [
                "prompt_tokens": .int(asked), "completion_tokens": .int(said), "total_tokens": .int(asked + said),
            ],
        ]
    }

    private static func response(_ question: ModelQuestion, _ speech: Speech, _ now: Int) -> JSON {
        let content: JSON
        switch speech {
        case .text(let text): content = ["type": "output_text", "text": .string(text), "annotations": []]
        case .refusal(let text): content = ["type": "refusal", "refusal": .string(text)]
        }
        let (asked, said) = counts(question, speech)
        return [
            "id": .string("resp_" + RandomText.token(length: 24)), "object": "response", "created_at": .int(now),
            "status": "completed", "model": .string(question.model), "error": nil, "incomplete_details": nil,
            "output": [
                [
                    "id": .string("msg_" + RandomText.token(length: 24)), "type": "message", "status": "completed",
                    "role": "assistant", "content": [content],
                ]
            ],
            "usage": [
                "input_tokens": .int(asked), "output_tokens": .int(said), "total_tokens": .int(asked + said),
            ],
        ]
    }

    /// About four bytes make a token.
    private static func counts(_ question: ModelQuestion, _ speech: Speech) -> (Int, Int) {
        let asked = question.messages.reduce(0) { $0 + $1.text.utf8.count }
        switch speech {
        case .text(let text), .refusal(let text): return (asked / 4 + 1, text.utf8.count / 4 + 1)
        }
    }

    private static var list: Reply {
        .json([
            "object": "list",
            "data": .array(models.map { ["id": .string($0), "object": "model", "created": 0, "owned_by": "sandbox"] }),
        ])
    }

    private static func problem(_ status: Int, _ message: String, _ type: String) -> Reply {
        .json(
            ["error": ["message": .string(message), "type": .string(type), "param": nil, "code": nil]], status: status)
    }
}
