/// The control routes of the pretended language model, under /sandbox/model.
struct ModelControl {
    private static let rules = BodyRules(
        members: [
            "mode": .choice(ModelMode.allCases.map { .string($0.rawValue) }), "count": .nullable(.integer),
            "seconds": .number,
        ], required: ["mode"])

    let behaviour: ModelBehaviour

    /// `GET` and `POST /sandbox/model`, `GET` and `DELETE /sandbox/model/requests`.
    func answer(_ method: String, _ words: [String], _ body: JSONObject) throws -> Reply {
        switch (method, words) {
        case ("GET", ["model"]): return .success(setting)
        case ("POST", ["model"]):
            try set(body)
            return .success(setting)
        case ("GET", ["model", "requests"]): return .success(.array(behaviour.entries.map(\.json)))
        case ("DELETE", ["model", "requests"]):
            behaviour.forget()
            return .json(["success": true])
        default: throw Refusal.notFound("No such control route")
        }
    }

    /// Takes a mode, for how many questions, and how many seconds a time-out lasts.
    func set(_ body: JSONObject) throws {
        if let name = try Self.rules.check(body).first { throw Refusal.bad("Parameter '\(name)' is not allowed") }
        var setting = ModelBehaviour.Setting()
        setting.mode = body["mode"]?.text.flatMap(ModelMode.init) ?? .good
        setting.remaining = body["count"]?.whole
        if let seconds = body["seconds"]?.decimal { setting.holdSeconds = max(0, seconds) }
        behaviour.set(setting)
    }

    private var setting: JSON {
        let setting = behaviour.setting
        return [
            "mode": .string(setting.mode.rawValue), "count": .optional(setting.remaining),
            "seconds": .amount(setting.holdSeconds),
        ]
    }
}
