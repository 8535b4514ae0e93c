/// What a value in a request body may be.
///
/// Types are strict: a number in quotes is no number.
indirect enum ValueRule: Sendable {
    case integer, number, string, bool, date, time, any
    case choice([JSON])
    case list(ValueRule)
    case object(BodyRules)
    case nullable(ValueRule)

    /// Throws a refusal that names the field when the value does not fit; answers the names of unknown members.
    func check(_ value: JSON, at field: String) throws -> [String] {
        switch self {
        case .any: break
        case .nullable(let rule): return value.isNull ? [] : try rule.check(value, at: field)
        case .integer: try require(value.whole != nil, field, "an integer")
        case .number: try require(value.decimal != nil, field, "a number")
        case .string: try require(value.text != nil, field, "a string")
        case .bool: try require(value.truth != nil, field, "a boolean")
        case .date: try require(isDate(value), field, "a date (YYYY-MM-DD)")
        case .time: try require(value.text.flatMap(Timestamp.parse) != nil, field, "a time")
        case .choice(let choices):
            let words = choices.map { $0.text ?? JSONWriter.text($0) }.joined(separator: ", ")
            try require(choices.contains(value), field, "one of \(words)")
        case .list(let rule):
            guard let list = value.list else { throw Self.refusal(field, "an array") }
            return try list.enumerated().flatMap { try rule.check($1, at: "\(field)[\($0)]") }
        case .object(let rules):
            guard let object = value.members else { throw Self.refusal(field, "an object") }
            return try rules.check(object, at: field + ".")
        }
        return []
    }

    private func isDate(_ value: JSON) -> Bool {
        guard let text = value.text else { return false }
        return text.utf8.count == 10 && Timestamp.parse(text) != nil
    }

    private func require(_ holds: Bool, _ field: String, _ expected: String) throws {
        if !holds { throw Self.refusal(field, expected) }
    }

    private static func refusal(_ field: String, _ expected: String) -> Refusal {
        .bad("Parameter '\(field)' must be \(expected)")
    }
}
