import Testing

@testable import PipedriveSandbox

/// The request facts that the sandbox keeps in its own form, held against the official files.
@Suite(.enabled(if: SpecFile.folder != nil, "PIPEDRIVE_OPENAPI names the folder of the OpenAPI files"))
struct RequestFactsTests {
    struct Fact: Sendable, CustomTestStringConvertible {
        let method: String
        let route: String
        let rules: BodyRules

        var testDescription: String { "\(method) \(route)" }

        init(_ method: String, _ route: String, _ rules: BodyRules) {
            (self.method, self.route, self.rules) = (method, route, rules)
        }
    }

    private static let facts: [Fact] =
        [
            Fact("POST", "/api/v2/deals", .deal), Fact("PATCH", "/api/v2/deals/{id}", BodyRules.deal.optional),
            Fact("POST", "/api/v2/persons", .person), Fact("PATCH", "/api/v2/persons/{id}", .personChange),
            Fact("POST", "/api/v2/organizations", .organization),
            Fact("PATCH", "/api/v2/organizations/{id}", .organizationChange),
            Fact("POST", "/api/v2/products", .product),
            Fact("PATCH", "/api/v2/products/{id}", BodyRules.product.optional),
            Fact("POST", "/api/v2/products/{id}/variations", VariationRoutes.rules),
            Fact(
                "PATCH", "/api/v2/products/{id}/variations/{product_variation_id}", VariationRoutes.rules.optional),
            Fact("POST", "/api/v2/deals/{id}/products", .dealProduct),
            Fact("POST", "/api/v2/deals/{id}/products/bulk", DealLineRoutes.bulkRules),
            Fact(
                "PATCH", "/api/v2/deals/{id}/products/{product_attachment_id}", BodyRules.dealProduct.optional),
            Fact("POST", "/api/v2/deals/{id}/discounts", DiscountRoutes.rules),
            Fact("PATCH", "/api/v2/deals/{id}/discounts/{discount_id}", DiscountRoutes.rules.optional),
            Fact("POST", "/api/v2/leads/{id}/convert/deal", LeadWriteRoutes.conversionRules),
            Fact("POST", "/api/v1/leads", LeadWriteRoutes.rules),
            Fact("PATCH", "/api/v1/leads/{id}", LeadWriteRoutes.changeRules),
            Fact("POST", "/api/v1/notes", .note), Fact("PUT", "/api/v1/notes/{id}", BodyRules.note.optional),
            Fact("POST", "/api/v1/webhooks", .webhook),
            Fact("PUT", "/api/v1/persons/{id}/merge", MergeRoutes.rules),
            Fact("PUT", "/api/v1/organizations/{id}/merge", MergeRoutes.rules),
        ]
        + FieldRoutes.entities.flatMap { word, entity in
            [
                Fact("POST", "/api/v2/\(word)Fields", FieldWriteRoutes.rules(for: entity, isNew: true)),
                Fact("PATCH", "/api/v2/\(word)Fields/{field_code}", FieldWriteRoutes.rules(for: entity, isNew: false)),
            ]
        }

    /// Bodies that are arrays, or that the files describe none for.
    private static let others: Set<String> = Set(
        ["POST /api/v2/deals/{id}/convert/lead", "POST /api/v2/products/{id}/duplicate"]
            + FieldRoutes.entities.flatMap { word, _ in
                ["POST", "PATCH"].map { "\($0) /api/v2/\(word)Fields/{field_code}/options" }
            })

    @Test(arguments: facts) func `a body has the members that the file has, and the same ones are required`(fact: Fact)
        throws
    {
        let (file, path) = try ConformanceTests.file(for: fact.route)
        let body = file.resolve(file.root["paths"][path][fact.method.lowercased()]["requestBody"])
        let (members, required) = Self.members(body["content"]["application/json"]["schema"], in: file)
        // The file leaves it to the guide to say that a person needs a name.
        let needed = fact.route == "/api/v2/persons" ? ["name"] : required
        #expect(Set(fact.rules.members.keys) == members)
        #expect(fact.rules.required == needed)
    }

    @Test func `every route that takes a body is held against the files`() {
        let known = Set(Self.facts.map { "\($0.method) \($0.route)" }).union(Self.others)
        let closed = Set(ScopeRoutes.all.map(\.path))
        let routes = APIRoute.all.filter { ["POST", "PATCH", "PUT"].contains($0.method) && !closed.contains($0.path) }
        #expect(Set(routes.map { "\($0.method) \($0.path)" }).subtracting(known) == [])
    }

    private static func members(_ schema: JSON, in file: SpecFile) -> (names: Set<String>, required: Set<String>) {
        let schema = file.resolve(schema)
        var names = Set(schema["properties"].members?.keys ?? [])
        var required = Set((schema["required"].list ?? []).compactMap(\.text))
        for part in ["allOf", "oneOf", "anyOf"].flatMap({ schema[$0].list ?? [] }) {
            let (more, needed) = members(part, in: file)
            names.formUnion(more)
            required.formUnion(needed)
        }
        return (names, required)
    }
}
