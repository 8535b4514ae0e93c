import Domain
import FoundationEssentials

/// Reads the fields of a JSON object and collects everything that is wrong with them, by name.
///
/// A reference, because the readers of nested objects add to the same collection.
final class FieldReader {
    private final class Problems {
        var byField: [String: String] = [:]
    }

    private let members: [String: JSONValue]
    private let path: String
    private let problems: Problems

    /// Throws `invalid` when the body is no object. Fields besides `allowed` are problems, unless
    /// the sender is free to add some.
    convenience init(body: [UInt8], allowed: [String], ignoresOthers: Bool = false) throws {
        let value: JSONValue = body.isEmpty ? .object([]) : try JSONValue.read(body)
        guard case .object(let members) = value else {
            throw Refusal(.invalid, "The body has to be a JSON object.", fields: ["body": "has to be a JSON object"])
        }
        let known = ignoresOthers ? members.filter { allowed.contains($0.name) } : members
        self.init(members: known, allowed: allowed, path: "", problems: Problems())
    }

    private init(
        members: [(name: String, value: JSONValue)], allowed: [String], path: String, problems: Problems
    ) {
        self.members = Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
        self.path = path
        self.problems = problems
        for member in members where !allowed.contains(member.name) { refuse(member.name, "is not a known field") }
    }

    /// Throws `invalid` with all problems.
    func finish() throws {
        guard problems.byField.isEmpty else {
            let names = problems.byField.keys.sorted().joined(separator: ", ")
            throw Refusal(.invalid, "These fields are not right: \(names).", fields: problems.byField)
        }
    }

    /// Notes a problem; the first one of a field stays.
    func refuse(_ name: String, _ problem: String) {
        if problems.byField[path + name] == nil { problems.byField[path + name] = problem }
    }

    /// Whether the field was sent, be it as null.
    func has(_ name: String) -> Bool { members[name] != nil }

    /// Whether the field was sent and is not null.
    func isGiven(_ name: String) -> Bool { value(name) != nil }

    private func value(_ name: String) -> JSONValue? {
        guard let value = members[name] else { return nil }
        if case .null = value { return nil }
        return value
    }

    /// Text without white space around it; nil when absent, null or blank.
    func text(_ name: String, limit: Int = 255) -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let text) = value else {
            refuse(name, "has to be a string")
            return nil
        }
        guard text.unicodeScalars.count <= limit else {
            refuse(name, "is longer than \(limit) characters")
            return nil
        }
        // PostgreSQL's text holds no NUL.
        guard !text.unicodeScalars.contains("\0") else {
            refuse(name, "holds a character that is not allowed")
            return nil
        }
        return FormFields.trimmed(text)
    }

    /// Text that has to be there.
    func requiredText(_ name: String, limit: Int = 255) -> String {
        if let text = text(name, limit: limit) { return text }
        refuse(name, "is required")
        return ""
    }

    /// Strings of an array, blank ones left out.
    func texts(_ name: String, limit: Int = 50) -> [String] {
        guard let value = value(name) else { return [] }
        guard case .array(let elements) = value, elements.count <= limit else {
            refuse(name, "has to be an array of at most \(limit) strings")
            return []
        }
        return elements.compactMap { element in
            guard case .string(let text) = element, text.unicodeScalars.count <= 255,
                !text.unicodeScalars.contains("\0")
            else {
                refuse(name, "has to be an array of strings of at most 255 characters")
                return nil
            }
            return FormFields.trimmed(text)
        }
    }

    /// A number, also when it was sent as a string.
    func decimal(_ name: String) -> ScaledDecimal? {
        guard let value = value(name) else { return nil }
        switch value {
        case .number(let text), .string(let text):
            if let number = ScaledDecimal(text) { return number }
            refuse(name, "is not a number that can be kept exactly")
        default:
            refuse(name, "has to be a number")
        }
        return nil
    }

    /// A whole number.
    func integer(_ name: String) -> Int64? {
        guard let number = decimal(name) else { return nil }
        guard number.scale == 0 else {
            refuse(name, "has to be a whole number")
            return nil
        }
        return number.mantissa
    }

    /// An amount in minor units; more decimals than the currency has are refused, not rounded.
    func amount(_ name: String, currency: Currency) -> Int64? {
        guard let number = decimal(name) else { return nil }
        guard number.scale <= currency.decimalDigits else {
            refuse(name, "has more than \(currency.decimalDigits) decimals, the number \(currency) has")
            return nil
        }
        guard let money = Money(number, currency: currency) else {
            refuse(name, "is too large")
            return nil
        }
        return money.minorUnits
    }

    func percentage(_ name: String) -> Percentage? {
        guard let number = decimal(name) else { return nil }
        guard number.scale <= 2, let percentage = Percentage(number) else {
            refuse(name, "has to be between 0 and 100, with at most two decimals")
            return nil
        }
        return percentage
    }

    func bool(_ name: String) -> Bool? {
        guard let value = value(name) else { return nil }
        guard case .bool(let bool) = value else {
            refuse(name, "has to be true or false")
            return nil
        }
        return bool
    }

    func identifier<Subject>(_ name: String) -> Identifier<Subject, UUID>? {
        guard let text = text(name) else { return nil }
        guard let id = Identifier<Subject, UUID>(text: text) else {
            refuse(name, "has to be a UUID")
            return nil
        }
        return id
    }

    func day(_ name: String) -> CalendarDay? {
        guard let text = text(name) else { return nil }
        guard let day = CalendarDay(text) else {
            refuse(name, "has to be a date such as 2026-04-11")
            return nil
        }
        guard day.isPlausible else {
            refuse(name, "has to be between 1970-01-01 and 2199-12-31")
            return nil
        }
        return day
    }

    func currency(_ name: String) -> Currency? {
        guard let text = text(name) else { return nil }
        guard let currency = Currency(text) else {
            refuse(name, "has to be a currency code such as EUR")
            return nil
        }
        return currency
    }

    /// One of an enumeration's words.
    func word<Word: RawRepresentable<String> & CaseIterable>(_ name: String, as type: Word.Type) -> Word? {
        guard let text = text(name) else { return nil }
        guard let word = Word(rawValue: text) else {
            refuse(name, "has to be one of " + Word.allCases.map(\.rawValue).joined(separator: ", "))
            return nil
        }
        return word
    }

    /// The reader of a nested object; nil when absent or null.
    func object(_ name: String, allowed: [String]) -> FieldReader? {
        guard let value = value(name) else { return nil }
        guard case .object(let members) = value else {
            refuse(name, "has to be an object")
            return nil
        }
        return FieldReader(members: members, allowed: allowed, path: "\(path)\(name).", problems: problems)
    }

    /// The readers of an array's objects; nil when absent or null.
    func objects(_ name: String, allowed: [String], limit: Int = 500) -> [FieldReader]? {
        guard let value = value(name) else { return nil }
        guard case .array(let elements) = value, elements.count <= limit else {
            refuse(name, "has to be an array of at most \(limit) objects")
            return nil
        }
        return elements.enumerated().compactMap { index, element in
            guard case .object(let members) = element else {
                refuse("\(name).\(index)", "has to be an object")
                return nil
            }
            return FieldReader(
                members: members, allowed: allowed, path: "\(path)\(name).\(index).", problems: problems)
        }
    }
}
