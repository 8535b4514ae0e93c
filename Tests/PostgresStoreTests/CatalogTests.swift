import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct CatalogTests {
    private static func euros(_ units: Int64) -> Money { Money(minorUnits: units, currency: .eur) }
    private static func dollars(_ units: Int64) -> Money { Money(minorUnits: units, currency: .usd) }

    private static let full = ProductDetails(
        code: "W-1", name: "Widget", description: "Round", unit: "piece", tax: Percentage(basisPoints: 2100),
        prices: [euros(1_050), dollars(0)])

    @Test func `a product comes back as it was stored, and its prices are replaced whole`() throws {
        try withStores { stores throws in
            try stores.api { transaction throws in
                let stored = try transaction.catalog.insert(Self.full)
                #expect(stored.details == Self.full)
                #expect(stored.price(in: .usd) == 0)
                #expect(try transaction.catalog.product(stored.id) == stored)
                let changed = ProductDetails(name: "Gadget", prices: [Self.dollars(7)], isActive: false)
                let updated = try #require(try transaction.catalog.update(stored.id, changed))
                #expect(updated.details == changed)
                #expect(updated.price(in: .eur) == nil)
                #expect(try transaction.catalog.product(stored.id) == updated)
                #expect(try transaction.catalog.delete(stored.id))
                #expect(try !transaction.catalog.delete(stored.id))
                #expect(try transaction.catalog.product(stored.id) == nil)
                #expect(try transaction.catalog.update(stored.id, changed) == nil)
            }
            #expect(try stores.number("select count(*) as value from books.product_price") == 0)
        }
    }

    @Test func `a code names one product of a company`() throws {
        try withStores { stores throws in
            let second = try stores.web { transaction throws in
                _ = try transaction.catalog.insert(Self.full)
                return try transaction.catalog.insert(ProductDetails(name: "Other"))
            }
            let inserted = #expect(throws: Refusal.self) { try stores.web { try $0.catalog.insert(Self.full) } }
            let updated = #expect(throws: Refusal.self) {
                try stores.web { try $0.catalog.update(second.id, Self.full) }
            }
            for refusal in [inserted, updated] {
                #expect(refusal?.code == .conflict)
                #expect(refusal?.fields["code"] != nil)
            }
            #expect(try stores.web { try $0.catalog.product(second.id) }?.details.name == "Other")
            let other = try stores.makeCompany()
            #expect(try stores.web(other) { try $0.catalog.insert(Self.full) }.details == Self.full)
            #expect(try stores.web { try $0.catalog.product(second.id) } == second)
        }
    }

    @Test func `lists go by name and find the beginning of a name or a code`() throws {
        try withStores { stores throws in
            try stores.web { transaction throws in
                for (name, code, isActive) in [("beta", "ab-1", true), ("Alpha", "Z9", true), ("Gamma", nil, false)] {
                    _ = try transaction.catalog.insert(ProductDetails(code: code, name: name, isActive: isActive))
                }
                func names(_ search: String?, _ page: PageRequest = PageRequest()) throws -> [String] {
                    try transaction.catalog.list(search: search, page: page).items.map(\.details.name)
                }
                #expect(try names(nil) == ["Alpha", "beta", "Gamma"])
                #expect(try names(nil, PageRequest(limit: 1, offset: 1)) == ["beta"])
                #expect(try names("BE") == ["beta"])
                #expect(try names("z9") == ["Alpha"])
                #expect(try names("AB") == ["beta"])
                #expect(try transaction.catalog.list(search: "a", page: PageRequest(limit: 1)).total == 2)
            }
        }
    }

    @Test func `a slice of the catalog is what the words speak of, of this company, the best first`() throws {
        try withStores { stores throws in
            let other = try stores.makeCompany()
            for company in [stores.company, other] {
                try stores.cron(company) { transaction in
                    for (name, code, isActive) in [
                        ("Website onderhoud", "ONH-1", true), ("Website", nil, true), ("Logo-ontwerp", "LOGO", true),
                        ("Website oud", nil, false), ("Dakgoot", nil, true),
                    ] {
                        _ = try transaction.catalog.insert(
                            ProductDetails(code: code, name: name, isActive: isActive))
                    }
                }
            }
            func found(_ words: String..., limit: Int = 60) throws -> [String] {
                try stores.cron { try $0.catalog.matching(words, limit: limit).map(\.details.name) }
            }
            #expect(try found("website") == ["Website", "Website onderhoud"])
            #expect(try found("nieuwe", "website", limit: 1).count == 1)
            #expect(try found("logo") == ["Logo-ontwerp"])
            #expect(try found("websites").contains("Website"), "likeness finds what is spelt a little otherwise")
            #expect(try found("fiets").isEmpty)
            #expect(try found().isEmpty)
            #expect(try found("o'brien", "a:b&c|!", "\\").isEmpty, "no word is a search operator")
            #expect(try stores.everywhere { try $0.catalog.matching([], limit: 1) }.isEmpty)
        }
    }

    @Test func `of thousands of products at most sixty are offered, the best fitting first`() throws {
        try withStores { stores throws in
            try stores.raw(
                """
                insert into books.product (company_id, name, tax_basis_points)
                select \(stores.company)::uuid, 'Artikel nummer ' || n, 2100 from generate_series(1, 3000) n
                """)
            let found = try stores.cron { try $0.catalog.matching(["artikel", "2999"], limit: 60) }
            #expect(found.count == 60)
            #expect(found.first?.details.name == "Artikel nummer 2999")
        }
    }

    @Test func `the products linked to Pipedrive's are found by its numbers, while the link lives`() throws {
        try withStores { stores throws in
            try stores.connect()
            try stores.sync(.products([.number(11, "Widget", prices: [Self.euros(5)]), .number(12, "Gadget")]))
            func names(_ ids: Int64...) throws -> [Int64: String] {
                let found = try stores.cron { try $0.catalog.linked(to: Set(ids.map { CatalogItem.ID($0) })) }
                return Dictionary(uniqueKeysWithValues: found.map { ($0.key.rawValue, $0.value.details.name) })
            }
            #expect(try names(11, 12, 13) == [11: "Widget", 12: "Gadget"])
            #expect(try names() == [:])
            try stores.sync(.products([.number(12, "Gadget", isDeleted: true)]))
            #expect(try names(11, 12) == [11: "Widget"])
        }
    }
}
