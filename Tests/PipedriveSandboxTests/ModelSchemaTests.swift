import Testing

@testable import PipedriveSandbox

/// The pretended model fills schemas it has never seen.
@Suite struct ModelSchemaTests {
    private static let schemas = [
        // As strict structured outputs want them: everything required, nothing besides, optional things nullable.
        """
        {"type":"object","additionalProperties":false,"required":["language","lines","email","unmet"],"properties":{
        "language":{"type":"string","enum":["nl","en","de"]},
        "lines":{"type":"array","minItems":1,"maxItems":3,"items":{"$ref":"#/$defs/line"}},
        "email":{"type":"object","additionalProperties":false,"required":["subject","body"],"properties":{
        "subject":{"type":"string","minLength":3,"maxLength":20},"body":{"type":"string","minLength":200}}},
        "unmet":{"type":"array","items":{"type":"string"}}},
        "$defs":{"line":{"type":"object","additionalProperties":false,
        "required":["product_id","quantity","wording","evidence","optional"],"properties":{
        "product_id":{"anyOf":[{"type":"integer","enum":[7,9]},{"type":"null"}]},
        "quantity":{"type":"number","exclusiveMinimum":0,"maximum":10,"multipleOf":0.5},
        "wording":{"type":"string","maxLength":8},"evidence":{"type":["string","null"]},
        "optional":{"type":"boolean"}}}}}
        """,
        """
        {"type":"object","properties":{"kind":{"const":"quote"},"score":{"type":"integer","minimum":2.5,"maximum":9},
        "when":{"type":"string","format":"date"},"nothing":{"type":"null"},
        "deep":{"allOf":[{"$ref":"#/definitions/a"},{"type":"object","required":["b"],"properties":{"b":{"type":"string"}}}]}},
        "required":["kind","score","when","nothing","deep"],
        "definitions":{"a":{"type":"object","required":["a"],"properties":{"a":{"type":"integer","minimum":100}}}}}
        """,
        """
        {"type":"array","minItems":4,"items":{"type":"object","required":["id","name"],"additionalProperties":false,
        "properties":{"id":{"type":"string"},"name":{"type":"string","minLength":40}}}}
        """,
        // A tree that refers to itself ends.
        """
        {"type":"object","required":["name"],"properties":{"name":{"type":"string"},
        "children":{"type":"array","maxItems":0,"items":{"$ref":"#"}}}}
        """,
    ]

    private static let texts = [
        #"{"deal":{"id":3,"title":"Offerte 4 werkbank en 2 stoel"},"catalog":[{"id":7,"name":"Stoel"},{"id":9,"name":"Werkbank"}]}"#,
        "Draft a quote for the customer. No products are known.", "", "{\"a\":[[[]]]}",
    ]

    @Test(arguments: schemas, texts)
    func `an answer in good mode fits whatever schema was asked`(schema: String, text: String) async throws {
        let test = try TestSandbox()
        let schema = try JSONParser.parse(Array(schema.utf8))
        let answer = try await test.call(
            "POST", "/v1/chat/completions",
            [
                "model": "m", "temperature": 0, "messages": [["role": "user", "content": .string(text)]],
                "response_format": [
                    "type": "json_schema", "json_schema": ["name": "x", "strict": true, "schema": schema],
                ],
            ], token: "key")
        let content = answer.json["choices"].list?.first?["message"]["content"].text ?? ""
        let value = try JSONParser.parse(Array(content.utf8))
        let problem = JSONSchemaCheck(root: schema).problem(value, schema)
        #expect(problem == nil, "\(content)")
    }

    @Test func `it takes the products that the deal names with the quantities beside them`() async throws {
        let schema = try JSONParser.parse(Array(Self.schemas[0].utf8))
        let question = try #require(
            ModelQuestion([
                "model": "m", "messages": [["role": "user", "content": .string(Self.texts[0])]],
                "response_format": ["json_schema": ["schema": schema]],
            ]))
        let lines = SensibleAnswer(question).json["lines"].list ?? []
        #expect(
            Set(lines.map { [$0["product_id"], $0["quantity"]] }.compactMap { $0.map(\.whole) }) == [[7, 2], [9, 4]])
    }
}
