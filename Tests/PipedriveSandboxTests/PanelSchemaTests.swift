import Foundation
import Testing

@testable import PipedriveSandbox

@Suite struct PanelSchemaTests {
    private static let json: JSON = [
        "type": "array",
        "items": [
            "type": "object", "required": ["id", "header"],
            "properties": [
                "id": ["$ref": "#/definitions/numerical"], "header": ["$ref": "#/definitions/header"],
                "open_total": ["$ref": "#/definitions/currency", "label": "Still open"],
                "count": ["$ref": "#/definitions/numerical"], "page": ["$ref": "#/definitions/link"],
                "due": ["$ref": "#/definitions/date"], "state": ["$ref": "#/definitions/label"],
                "at": ["$ref": "#/definitions/time"], "remark": ["$ref": "#/definitions/text"],
            ],
        ],
    ]

    private func page(_ body: JSON) async throws -> String {
        try await Receiver { _, _ in .json(body) }.serve { origin in
            let panel = SandboxOptions.Panel(url: origin, schema: try PanelSchema(Self.json))
            return try await TestSandbox(panel: panel).send("GET", "/deal/1").text
        }
    }

    @Test func `fields stand in the schema's order under its labels`() async throws {
        let text = try await page([
            "data": [["count": 3, "open_total": ["code": "EUR", "value": 12.5], "header": "Kop", "id": 1]]
        ])
        let total = try #require(text.range(of: "<dt>Still open</dt><dd>€ 12,50</dd>"))
        let count = try #require(text.range(of: "<dt>Count</dt><dd>3</dd>"))
        #expect(total.upperBound <= count.lowerBound)
        #expect(text.contains("<h3>Kop</h3>"))
    }

    @Test(
        arguments: [
            ("count", "3", "&#39;count&#39; is no numerical"), ("extra", 1, "&#39;extra&#39; is not in the schema"),
            ("open_total", ["code": "EUR"], "&#39;open_total&#39; is no currency"),
            ("open_total", ["code": "XXX", "value": 1], "&#39;open_total&#39; is no currency"),
            ("page", "paydock", "&#39;page&#39; is no link"), ("due", "1-12-2026", "&#39;due&#39; is no date"),
            ("state", ["color": "pink", "label": "x"], "&#39;state&#39; is no label"),
            ("at", "9:00", "&#39;at&#39; is no time"), ("remark", ["value": "x"], "&#39;remark&#39; is no text"),
            ("header", nil, "&#39;header&#39; is missing"),
        ] as [(String, JSON, String)])
    func `one wrong property breaks the whole panel`(name: String, value: JSON, reason: String) async throws {
        var object: JSONObject = ["id": 1, "header": "Kop"]
        object[name] = value
        let text = try await page(["data": .array([["id": 2, "header": "Goed"], .object(object)])])
        #expect(text.contains("Something went wrong"))
        #expect(text.contains(reason))
        #expect(!text.contains("Goed"))
    }

    @Test func `a single object where the schema has a list, and an unknown member beside the data, break it too`()
        async throws
    {
        #expect(try await page(["data": ["id": 1, "header": "Kop"]]).contains("data must be a list"))
        #expect(try await page(["data": [["id": 1, "header": "K"]], "more": 1]).contains("Something went wrong"))
    }

    @Test(arguments: [
        ("deal", "open total"), ("person", "open total of the contact"), ("organization", "open total of the contact"),
    ])
    func `each view is drawn by the schema it was registered with`(view: String, label: String) async throws {
        let schemas: [JSON] = ["open total", "open total of the contact"].map { label in
            [
                "type": "object", "required": ["id"],
                "properties": [
                    "id": ["$ref": "#/definitions/numerical"],
                    "total": ["$ref": "#/definitions/numerical", "label": .string(label)],
                ],
            ]
        }
        let text = try await Receiver { _, _ in .json(["data": ["id": 1, "total": 5]]) }.serve { origin in
            let panel = SandboxOptions.Panel(
                url: origin, schema: try PanelSchema(schemas[0]), contactSchema: try PanelSchema(schemas[1]))
            return try await TestSandbox(panel: panel).send("GET", "/\(view)/1").text
        }
        #expect(text.contains("<dt>\(label)</dt>"))
        #expect(text.contains("PayDock invoices"))
    }

    @Test func `a schema of unknown types is refused at the start`() {
        #expect(throws: SandboxFailure.self) {
            try PanelSchema([
                "type": "object", "required": ["id"], "properties": ["id": ["$ref": "#/definitions/colour"]],
            ])
        }
        #expect(throws: SandboxFailure.self) { try PanelSchema(["type": "string"]) }
    }
}
