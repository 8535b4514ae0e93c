/// A JSON value that keeps the order of members and tells whole numbers from fractions.
enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int)
    case number(Double)
    case string(String)
    case array([JSON])
    case object(JSONObject)

    /// The member of an object, or null for anything else.
    subscript(key: String) -> JSON {
        if case .object(let object) = self { return object[key] ?? .null }
        return .null
    }

    var isNull: Bool { self == .null }

    var text: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    var whole: Int? {
        if case .int(let whole) = self { return whole }
        return nil
    }

    var decimal: Double? {
        switch self {
        case .int(let whole): Double(whole)
        case .number(let decimal): decimal
        default: nil
        }
    }

    var truth: Bool? {
        if case .bool(let truth) = self { return truth }
        return nil
    }

    var list: [JSON]? {
        if case .array(let list) = self { return list }
        return nil
    }

    var members: JSONObject? {
        if case .object(let object) = self { return object }
        return nil
    }

    /// The number, written as whole when it is whole.
    static func amount(_ value: Double) -> JSON {
        value.rounded() == value && abs(value) < 9e15 ? .int(Int(value)) : .number(value)
    }

    /// The value, or null when there is none.
    static func optional(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }

    /// The value, or null when there is none.
    static func optional(_ value: Int?) -> JSON { value.map { .int($0) } ?? .null }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .int(value) }
    init(floatLiteral value: Double) { self = .amount(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }
    init(nilLiteral: ()) { self = .null }
}
