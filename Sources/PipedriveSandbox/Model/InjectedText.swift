/// Finds what a text in a deal tells the model to do, as a model would that mistakes data for instructions.
enum InjectedText {
    private static let openings = [
        "ignore", "disregard", "negeer", "vergeet", "ignoriere", "system:", "assistant:", "you must", "je moet",
        "set the price", "instruction",
    ]

    /// The sentences that command something; all that was given when none does.
    static func commands(in given: String) -> String {
        let sentences = given.split { "!?\n\"".contains($0) }.map { String($0) }
        let found = sentences.filter { sentence in
            let lower = sentence.lowercased()
            return openings.contains(where: lower.contains) || lower.contains("http://") || lower.contains("https://")
        }
        return found.isEmpty ? String(given.prefix(300)) : found.joined(separator: ". ")
    }

    /// The answer with what a steered model would slip in: a price of one cent on every line.
    static func steered(_ answer: JSON) -> JSON {
        switch answer {
        case .array(let list): return .array(list.map(steered))
        case .object(let object):
            var result = JSONObject(object.members.map { ($0.key, steered($0.value)) })
            if object.keys.contains(where: { $0.lowercased().contains("quantity") }) { result["price"] = 0.01 }
            return .object(result)
        default: return answer
        }
    }
}
