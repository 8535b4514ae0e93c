import Domain
import FoundationEssentials

extension JSONValue {
    /// Reads a request's body. Throws `invalid` when it is not JSON.
    static func read(_ bytes: [UInt8]) throws -> JSONValue {
        do {
            return try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
        } catch is DecodingError {
            throw Refusal(.invalid, "The body is not valid JSON.", fields: ["body": "is not valid JSON"])
        }
    }
}

extension JSONValue: Decodable {
    init(from decoder: any Decoder) throws {
        // Each `try?` asks whether the value is of that kind; a mismatch only means that it is another.
        if let members = try? decoder.container(keyedBy: MemberName.self) {
            self = .object(try members.allKeys.map { ($0.stringValue, try members.decode(JSONValue.self, forKey: $0)) })
            return
        }
        if var elements = try? decoder.unkeyedContainer() {
            var values: [JSONValue] = []
            while !elements.isAtEnd { values.append(try elements.decode(JSONValue.self)) }
            self = .array(values)
            return
        }
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let text = try? value.decode(String.self) {
            self = .string(text)
        } else {
            // Decimal is read from the digits themselves, not through a Double. What it can't hold, no field can.
            self = .number((try? value.decode(Decimal.self)).map { "\($0)" } ?? Self.unheldNumber)
        }
    }

    /// Stands for a number of more digits, or a larger exponent, than can be kept: every field refuses it by its name.
    private static let unheldNumber = "out of bounds"

    private struct MemberName: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
