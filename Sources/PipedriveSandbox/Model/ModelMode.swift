/// How the pretended language model answers.
enum ModelMode: String, Sendable, CaseIterable {
    case good
    case invalidJSON = "invalid_json"
    case schemaViolation = "schema_violation"
    case refusal
    case timeout
    case injected

    /// What the mode does, for people.
    var explanation: String {
        switch self {
        case .good: "a sensible answer in the asked form"
        case .invalidJSON: "JSON that breaks off in the middle"
        case .schemaViolation: "JSON with wrong types and unknown members"
        case .refusal: "a refusal"
        case .timeout: "no answer for a long time"
        case .injected: "does what the text of the deal tells it to"
        }
    }
}
