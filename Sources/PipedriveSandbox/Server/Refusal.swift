/// A reason to refuse a call, in Pipedrive's words and envelopes.
struct Refusal: Error {
    /// The forms an error body has.
    enum Form: Sendable {
        /// `success`, `error`, `error_info`, and empty `data` and `additional_data`.
        case plain
        /// The old form with `errorCode`.
        case coded
        /// The webhook routes' own form, with errors per field.
        case fields([String: String])
    }

    let status: Int
    let message: String
    var form = Form.plain
    var code: String?

    static func bad(_ message: String) -> Refusal { Refusal(status: 400, message: message) }
    static func notFound(_ message: String) -> Refusal { Refusal(status: 404, message: message) }
    static let unauthorized = Refusal(status: 401, message: "unauthorized access", form: .coded)
    static let wrongScope = Refusal(status: 403, message: "Scope and URL mismatch", form: .coded)
    static let tooMany = Refusal(status: 429, message: "request over limit", form: .coded)

    var reply: Reply {
        switch form {
        case .plain:
            var body: JSONObject = [
                "success": false, "error": .string(message),
                "error_info": "Please check developers.pipedrive.com for more information.",
            ]
            if let code { body["code"] = .string(code) }
            body.merge(["data": nil, "additional_data": nil])
            return .json(.object(body), status: status)
        case .coded:
            let body: JSON = [
                "success": false, "error": .string(message), "errorCode": .int(status),
                "error_info": "Please check developers.pipedrive.com for more information.",
            ]
            return .json(body, status: status)
        case .fields(let errors):
            let lists = errors.sorted { $0.key < $1.key }.map { ($0.key, JSON.array([.string($0.value)])) }
            return .json(["status": "error", "success": false, "errors": .object(JSONObject(lists))], status: status)
        }
    }
}
