import Foundation
import Testing

@testable import PipedriveSandbox

private let isPossible: Bool = {
    if SpecFile.folder == nil {
        print("ConformanceTests are skipped: PIPEDRIVE_OPENAPI does not name the folder of the OpenAPI files")
    }
    return SpecFile.folder != nil
}()

/// Holds real answers of the sandbox against the official OpenAPI files.
@Suite(.enabled(if: isPossible, "PIPEDRIVE_OPENAPI names the folder of openapi-v1.yaml and openapi-v2.yaml"))
struct ConformanceTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let method: String
        /// The path as the file has it, with its parameters.
        let route: String
        /// The path to call.
        let target: String
        var body: JSON?
        var status = 200

        var testDescription: String { "\(method) \(target) → \(status)" }

        init(_ method: String, _ route: String, _ target: String? = nil, body: JSON? = nil, status: Int = 200) {
            self.method = method
            self.route = route
            self.target = target ?? route
            self.body = body
            self.status = status
        }
    }

    static let reads: [Example] = [
        Example("GET", "/api/v1/users/me"), Example("GET", "/api/v1/users"), Example("GET", "/api/v1/currencies"),
        Example("GET", "/api/v1/leads"), Example("GET", "/api/v1/webhooks"),
        Example("GET", "/api/v1/leads/{id}", "/api/v1/leads/none", status: 404),
        Example("GET", "/api/v1/notes"), Example("GET", "/api/v1/notes", "/api/v1/notes?limit=2"),
        Example("GET", "/api/v1/notes/{id}", "/api/v1/notes/1"),
        Example("GET", "/api/v2/deals"), Example("GET", "/api/v2/deals", "/api/v2/deals?limit=3"),
        Example("GET", "/api/v2/deals/{id}", "/api/v2/deals/2"),
        Example("GET", "/api/v2/deals/{id}/products", "/api/v2/deals/1/products"),
        Example("GET", "/api/v2/deals/products", "/api/v2/deals/products?deal_ids=1,2,3,5"),
        Example("GET", "/api/v2/deals/{id}/discounts", "/api/v2/deals/2/discounts"),
        Example("GET", "/api/v2/persons", "/api/v2/persons?limit=500"),
        Example("GET", "/api/v2/persons/{id}", "/api/v2/persons/1"),
        Example("GET", "/api/v2/persons/search", "/api/v2/persons/search?term=info"),
        Example("GET", "/api/v2/organizations", "/api/v2/organizations?limit=500"),
        Example("GET", "/api/v2/organizations/{id}", "/api/v2/organizations/1"),
        Example("GET", "/api/v2/organizations/search", "/api/v2/organizations/search?term=zonen"),
        Example("GET", "/api/v2/products", "/api/v2/products?limit=500"),
        Example("GET", "/api/v2/products/{id}", "/api/v2/products/3"),
        Example("GET", "/api/v2/products/{id}/variations", "/api/v2/products/3/variations"),
        Example("GET", "/api/v2/pipelines"), Example("GET", "/api/v2/pipelines/{id}", "/api/v2/pipelines/1"),
        Example("GET", "/api/v2/stages"), Example("GET", "/api/v2/stages/{id}", "/api/v2/stages/4"),
        Example("GET", "/api/v2/dealFields"), Example("GET", "/api/v2/personFields"),
        Example("GET", "/api/v2/organizationFields"), Example("GET", "/api/v2/productFields"),
        Example("GET", "/api/v2/dealFields/{field_code}", "/api/v2/dealFields/title"),
        Example("GET", "/api/v2/personFields/{field_code}", "/api/v2/personFields/name"),
        Example("GET", "/api/v2/organizationFields/{field_code}", "/api/v2/organizationFields/name"),
        Example("GET", "/api/v2/productFields/{field_code}", "/api/v2/productFields/name"),
        Example("GET", "/api/v2/deals/archived"), Example("GET", "/api/v1/leads/archived"),
        Example("GET", "/api/v2/deals/search", "/api/v2/deals/search?term=offerte&include_fields=deal.cc_email"),
        Example("GET", "/api/v2/leads/search", "/api/v2/leads/search?term=interesse"),
        Example("GET", "/api/v2/products/search", "/api/v2/products/search?term=stoel"),
        Example("GET", "/api/v1/users/{id}", "/api/v1/users/2"),
        Example("GET", "/api/v1/users/find", "/api/v1/users/find?term=anouk"),
        Example("GET", "/api/v1/users/{id}/permissions", "/api/v1/users/2/permissions"),
        Example("GET", "/api/v1/userSettings"), Example("GET", "/api/v1/filters"),
        Example("GET", "/api/v1/filters/{id}", "/api/v1/filters/1"), Example("GET", "/api/v1/leadLabels"),
        Example("GET", "/api/v1/leadSources"), Example("GET", "/api/v1/leadFields"),
    ]

    static let writes: [Example] = [
        Example("POST", "/api/v2/deals", body: ["title": "Nieuw", "value": 10.5, "status": "won"]),
        Example("PATCH", "/api/v2/deals/{id}", "/api/v2/deals/1", body: ["stage_id": 2]),
        Example("DELETE", "/api/v2/deals/{id}", "/api/v2/deals/3"),
        Example(
            "POST", "/api/v2/deals/{id}/products", "/api/v2/deals/1/products",
            body: ["product_id": 1, "item_price": 5, "quantity": 2], status: 201),
        Example("POST", "/api/v2/persons", body: ["name": "Jan Proef", "emails": [["value": "jan@proef.example"]]]),
        Example("PATCH", "/api/v2/persons/{id}", "/api/v2/persons/2", body: ["name": "Piet Proef"]),
        Example("DELETE", "/api/v2/persons/{id}", "/api/v2/persons/3"),
        Example("POST", "/api/v2/organizations", body: ["name": "Proef B.V.", "address": ["value": "Kade 1"]]),
        Example("PATCH", "/api/v2/organizations/{id}", "/api/v2/organizations/2", body: ["name": "Anders N.V."]),
        Example("DELETE", "/api/v2/organizations/{id}", "/api/v2/organizations/3"),
        Example("POST", "/api/v2/products", body: ["name": "Proef", "code": "P", "unit": "stuk"], status: 201),
        Example("PATCH", "/api/v2/products/{id}", "/api/v2/products/2", body: ["tax": 9]),
        Example("DELETE", "/api/v2/products/{id}", "/api/v2/products/4"),
        Example("POST", "/api/v1/notes", body: ["deal_id": 1, "content": "<p>Proef</p>"]),
        Example("PUT", "/api/v1/notes/{id}", "/api/v1/notes/1", body: ["content": "Anders"]),
        Example("DELETE", "/api/v1/notes/{id}", "/api/v1/notes/2"),
        Example("PUT", "/api/v1/persons/{id}/merge", "/api/v1/persons/5/merge", body: ["merge_with_id": 6]),
        Example("PUT", "/api/v1/organizations/{id}/merge", "/api/v1/organizations/5/merge", body: ["merge_with_id": 6]),
        Example("POST", "/api/v1/leads", body: ["title": "Proef", "person_id": 1], status: 201),
        Example("POST", "/api/v2/products/{id}/duplicate", "/api/v2/products/3/duplicate", status: 201),
        Example("POST", "/api/v2/deals/{id}/convert/lead", "/api/v2/deals/1/convert/lead"),
        Example(
            "POST", "/api/v2/deals/{id}/products/bulk", "/api/v2/deals/1/products/bulk",
            body: ["data": [["product_id": 1, "item_price": 5, "quantity": 2]]], status: 201),
        Example(
            "PATCH", "/api/v2/deals/{id}/products/{product_attachment_id}", "/api/v2/deals/1/products/1",
            body: ["quantity": 4]),
        Example("DELETE", "/api/v2/deals/{id}/products/{product_attachment_id}", "/api/v2/deals/1/products/1"),
        Example("DELETE", "/api/v2/deals/{id}/products", "/api/v2/deals/1/products"),
        Example(
            "POST", "/api/v2/products/{id}/variations", "/api/v2/products/3/variations", body: ["name": "wit"],
            status: 201),
        Example(
            "PATCH", "/api/v2/products/{id}/variations/{product_variation_id}", "/api/v2/products/3/variations/1",
            body: ["name": "zwart"]),
        Example(
            "DELETE", "/api/v2/products/{id}/variations/{product_variation_id}", "/api/v2/products/3/variations/1"),
        Example("POST", "/api/v1/webhooks", body: webhook, status: 201),
        Example("POST", "/api/v1/webhooks", body: ["name": "x"], status: 400),
        Example("DELETE", "/api/v1/webhooks/{id}", "/api/v1/webhooks/1"),
        Example("DELETE", "/api/v1/webhooks/{id}", "/api/v1/webhooks/99", status: 404),
    ]

    private static let webhook: JSON = [
        "subscription_url": "https://paydock.example/hook", "event_action": "*", "event_object": "deal", "name": "n",
        "http_auth_user": "u", "http_auth_password": "p",
    ]

    @Test(arguments: reads + writes) func `the answer fits the official schema`(example: Example) async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        _ = try await test.call("POST", "/api/v1/webhooks", Self.webhook, token: token)
        let answer = try await test.call(example.method, example.target, example.body, token: token)
        #expect(answer.status == example.status, "\(answer.text)")
        let faults = try Self.faults(in: answer.json, of: example)
        #expect(faults.isEmpty, "\(faults)")
    }

    /// What in an answer the official schema does not allow, save the known exceptions.
    static func faults(in json: JSON, of example: Example) throws -> [String] {
        let (file, path) = try Self.file(for: example.route)
        let schema = try #require(file.schema(example.method, path, status: example.status), "no schema")
        let check = SchemaCheck(file: file)
        let found = Set(check.findings(json, schema) + check.unknown(json, [schema]))
        let unexpected = found.filter { finding in
            !KnownException.all.contains { $0.covers(finding.place, finding.reason, of: example.route) }
        }
        return unexpected.map { "\($0.place): \($0.reason)" }.sorted()
    }

    @Test func `a lead fits the official schema`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let id = try #require(try await test.call("GET", "/api/v1/leads", token: token).data.list?.first?["id"].text)
        let answer = try await test.call("GET", "/api/v1/leads/\(id)", token: token)
        let (file, path) = try Self.file(for: "/api/v1/leads/{id}")
        let schema = try #require(file.schema("GET", path, status: 200))
        let check = SchemaCheck(file: file)
        #expect(check.findings(answer.json, schema) + check.unknown(answer.json, [schema]) == [])
    }

    @Test func `a refused token fits the official schema`() async throws {
        let test = try TestSandbox()
        let answer = try await test.call("GET", "/api/v1/users/me", token: "wrong")
        let (file, path) = try Self.file(for: "/api/v1/users/me")
        let schema = try #require(file.schema("GET", path, status: 401))
        #expect(SchemaCheck(file: file).findings(answer.json, schema) == [])
    }

    @Test func `every route costs what the official files say`() throws {
        for route in APIRoute.all {
            let (file, path) = try Self.file(for: route.path)
            #expect(file.cost(route.method, path) == route.cost, "\(route.method) \(route.path)")
        }
    }

    @Test func `every query parameter that a route knows is in the official files, and the other way round`() throws {
        for route in APIRoute.all where !ScopeRoutes.all.contains(where: { $0.path == route.path }) {
            let (file, path) = try Self.file(for: route.path)
            let listed = file.root["paths"][path][route.method.lowercased()]["parameters"].list ?? []
            let names = listed.map { file.resolve($0) }.filter { $0["in"] == "query" }.compactMap { $0["name"].text }
            #expect(Set(names) == route.query, "\(route.method) \(route.path)")
        }
    }

    @Test func `the checker finds what is wrong`() throws {
        let file = try #require(SpecFile.all["/api/v2"])
        let check = SchemaCheck(file: file)
        let schema = try #require(file.schema("GET", "/stages/{id}", status: 200))
        let wrong: JSON = ["success": "yes", "data": ["id": "4", "days_to_rotten": nil, "name": nil, "rank": 3]]
        let found = Set(
            (check.findings(wrong, schema) + check.unknown(wrong, [schema])).map { "\($0.place) \($0.reason)" })
        #expect(
            found == [".success not boolean", ".data.id not integer", ".data.name not string", ".data.rank unknown"])
    }

    static func file(for route: String) throws -> (SpecFile, String) {
        let prefix = String(route.prefix(7))
        let file = try #require(SpecFile.all[prefix])
        return (file, String(route.dropFirst(7)))
    }
}
