import Domain
import FoundationEssentials
import HTTPTypes
import Workflows

/// What a route of the regular API answers with: the request, its company, and books inside one transaction.
struct APICall {
    let call: Call
    let company: Company
    let books: Books
    let publicURL: String

    var id: Company.ID { company.id }
    /// By the company's time zone.
    var today: CalendarDay { company.today(at: call.now) }
    var body: [UInt8] { call.request.body }
    var query: FormFields { call.query }

    func identifier<Subject>(_ subject: String) throws -> Identifier<Subject, UUID> {
        try call.identifier("id", of: subject)
    }
}

extension UseCases {
    /// A route of the regular API: the key is counted before anything else is done, and all that the request does
    /// commits together, with its answer where an `Idempotency-Key` asks for one.
    ///
    /// - Parameter inSteps: lets each step commit by itself, for a refusal that has an effect.
    func apiRoute(
        _ method: HTTPRequest.Method, _ path: String, body: Route.BodyRule = .none, inSteps: Bool = false,
        answer: @escaping @Sendable (APICall) throws -> WebResponse
    ) -> Route {
        Route(method, "/api/v1/\(path)", .api, body: body) { call in
            let use = try keyUse(call)
            do {
                guard use.isWithinLimit else { return RateLimit.refusal(use, call) }
                try RequestText.check(call)
                return RateLimit.told(use, try run(call, use.companyID, inSteps: inSteps, answer))
            } catch let refusal as Refusal {
                return RateLimit.told(use, ErrorAnswers.api(refusal, call.request.requestID))
            }
        }
    }

    private func keyUse(_ call: Call) throws -> APIKeyUse {
        guard let key = call.request.request.headerFields[named: "X-API-Key"], key.hasPrefix("ftj_") else {
            throw Refusal(.unauthorized, "The X-API-Key header has to hold an API key, which starts with ftj_.")
        }
        return try apiKeys.use(Secret(key))
    }

    private func run(
        _ call: Call, _ company: Company.ID, inSteps: Bool, _ answer: (APICall) throws -> WebResponse
    ) throws -> WebResponse {
        func answered(_ workplace: APIRequests.Workplace) throws -> WebResponse {
            try answer(
                APICall(call: call, company: workplace.company, books: workplace.books, publicURL: publicURL))
        }
        if inSteps { return try apiRequests.runInSteps(company, answered) }
        guard let key = try IdempotencyKey.read(call.request) else { return try apiRequests.run(company, answered) }
        let (kept, isRepeated) = try apiRequests.run(company, key: key, request: IdempotencyKey.request(call)) {
            let response = try answered($0)
            return KeptAnswer(
                status: response.response.status.code, location: response.response.headerFields[.location],
                body: response.body)
        }
        var response = WebResponse(
            HTTPResponse.Status(code: kept.status), type: "application/json", body: kept.body)
        response.response.headerFields[.location] = kept.location
        return isRepeated ? response.setting(named: "Idempotency-Replayed", "true") : response
    }
}

/// The `Idempotency-Key` header of a POST.
enum IdempotencyKey {
    /// The key; nil without one and for other methods. Throws `invalid` for a key that could not be kept.
    static func read(_ request: WebRequest) throws -> String? {
        guard request.request.method == .post, let key = request.request.headerFields[named: "Idempotency-Key"] else {
            return nil
        }
        guard (1...255).contains(key.utf8.count) else {
            throw Refusal(
                .invalid, "The Idempotency-Key header has to be of 1 to 255 characters.",
                fields: ["Idempotency-Key": "is not of 1 to 255 characters"])
        }
        return key
    }

    /// What makes two requests the same: their address and the bytes of their bodies, which are known to be text.
    static func request(_ call: Call) -> String {
        "\(call.request.rawPath)?\(call.request.rawQuery)\n\(String(decoding: call.request.body, as: UTF8.self))"
    }
}

/// What every request of the API has to hold.
enum RequestText {
    /// Throws `invalid` for text that the database could not keep, wherever it stands.
    static func check(_ call: Call) throws {
        var fields: [String: String] = [:]
        for (name, value) in call.query.pairs where value.unicodeScalars.contains("\0") {
            fields[name] = "holds a character that is not allowed"
        }
        guard fields.isEmpty else { throw Refusal(.invalid, "These parameters are not right.", fields: fields) }
        guard String(validating: call.request.body, as: UTF8.self) != nil else {
            throw Refusal(.invalid, "The body is not valid UTF-8.", fields: ["body": "is not valid UTF-8"])
        }
    }
}

/// How often a key may be used, told with every answer: in the fields of the IETF's draft up to its seventh version,
/// which most clients read, and in those of its later ones.
enum RateLimit {
    static func told(_ use: APIKeyUse, _ answer: WebResponse) -> WebResponse {
        let limit = APIKeyUse.limitPerMinute
        return answer.setting(named: "RateLimit-Limit", String(limit))
            .setting(named: "RateLimit-Remaining", String(use.remaining))
            .setting(named: "RateLimit-Reset", String(use.secondsLeft))
            .setting(named: "RateLimit-Policy", "\"key\";q=\(limit);w=60")
            .setting(named: "RateLimit", "\"key\";r=\(use.remaining);t=\(use.secondsLeft)")
    }

    static func refusal(_ use: APIKeyUse, _ call: Call) -> WebResponse {
        let message = "This key made \(APIKeyUse.limitPerMinute) requests this minute. Wait \(use.secondsLeft) seconds."
        let body = ErrorAnswers.apiError(code: "rate_limited", message, fields: [:], call.request.requestID)
        return told(use, .json(body, status: .tooManyRequests))
            .setting(named: "Retry-After", String(use.secondsLeft))
    }
}
