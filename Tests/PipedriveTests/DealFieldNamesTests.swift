import Testing

@testable import Pipedrive

@Suite struct DealFieldNamesTests {
    private func read(_ type: String, _ value: String, options: String = "null") throws -> String? {
        let (names, values) = try parts(type, value, options)
        return names.read(values)["Veld"]
    }

    private func parts(_ type: String, _ value: String, _ options: String) throws -> (DealFieldNames, JSONNode) {
        let field = """
            {"field_name":" Veld ","field_code":"abc","field_type":"\(type)","options":\(options),
            "is_custom_field":true}
            """
        let description = try #require(JSONDocument(Array(field.utf8)))
        let values = try #require(JSONDocument(Array(#"{"abc":\#(value)}"#.utf8)))
        return (DealFieldNames([try #require(DealFieldNames.Field(description.root))]), values.root)
    }

    private static let options = #"[{"id":1,"label":"Één"},{"id":"2","label":"Twee"}]"#

    @Test(
        arguments: [
            ("varchar", #"" tekst ""#, "tekst"), ("text", #""""#, nil), ("double", "1234567.89", "1234567.89"),
            ("int", "3", "3"), ("boolean", "true", "yes"), ("boolean", "false", "no"),
            ("date", #""2026-12-01""#, "2026-12-01"),
            ("monetary", #"{"value":0.1,"currency":"EUR"}"#, "0.1 EUR"),
            ("monetary", #"{"value":null,"currency":"EUR"}"#, nil),
            ("daterange", #"{"value":"2026-01-01","until":"2026-02-01"}"#, "2026-01-01 – 2026-02-01"),
            ("timerange", #"{"value":"09:00:00","until":null}"#, "09:00:00"),
            ("time", #"{"value":"09:00:00","timezone_name":"Europe/Amsterdam"}"#, "09:00:00"),
            ("address", #"{"value":"Kade 1, Amsterdam","locality":"Amsterdam"}"#, "Kade 1, Amsterdam"),
            ("user", "7", nil), ("org", #"{"id":7}"#, nil), ("people", "7", nil), ("varchar", "null", nil),
        ] as [(String, String, String?)])
    func `a value reads as a person would write it`(type: String, value: String, expected: String?) throws {
        #expect(try read(type, value) == expected)
    }

    @Test(
        arguments: [
            ("enum", "1", "Één"), ("enum", #""2""#, "Twee"), ("enum", #"{"id":2}"#, "Twee"),
            ("set", "[2,1]", "Twee, Één"),
            ("set", "[]", nil), ("enum", "3", nil),
        ] as [(String, String, String?)])
    func `a choice reads as its label`(type: String, value: String, expected: String?) throws {
        #expect(try read(type, value, options: Self.options) == expected)
    }

    @Test func `an unknown field or option is noticed`() throws {
        let (names, known) = try parts("set", "[1,2]", Self.options)
        #expect(names.covers(known))
        #expect(!names.covers(try parts("set", "[1,3]", Self.options).1))
        let other = try #require(JSONDocument(Array(#"{"xyz":1,"abc":null}"#.utf8)))
        #expect(!names.covers(other.root))
        let empty = try #require(JSONDocument(Array(#"{"xyz":null}"#.utf8)))
        #expect(names.covers(empty.root))
    }
}
