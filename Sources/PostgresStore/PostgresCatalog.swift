internal import Domain
import FoundationEssentials
import Postgres

struct PostgresCatalog: CatalogStore {
    let connection: PostgresConnection
    let access: StorageAccess

    static let columns = SQL(
        unsafe: """
            p.id, p.code, p.name, p.description, p.unit, p.tax_basis_points, p.is_active, p.created_at, p.updated_at,
            array(select price.currency from books.product_price price
                where price.company_id = p.company_id and price.product_id = p.id order by price.currency)
                as currencies,
            array(select price.minor_units from books.product_price price
                where price.company_id = p.company_id and price.product_id = p.id order by price.currency) as prices
            """)

    func insert(_ details: ProductDetails) throws -> Product {
        let company = try access.company()
        let row = try Self.refusingTakenCode {
            try connection.query(
                """
                insert into books.product (company_id, code, name, description, unit, tax_basis_points, is_active)
                values (
                    \(company), \(details.code), \(details.name), \(details.description), \(details.unit),
                    \(details.tax.basisPoints), \(details.isActive))
                returning id
                """
            ).first
        }
        let id = Product.ID(try row.orMissing("product").uuid("id"))
        try replacePrices(id, details.prices)
        return try product(id).orMissing("product")
    }

    private func replacePrices(_ id: Product.ID, _ prices: [Money]) throws {
        let company = try access.company()
        let codes = prices.map(\.currency.code)
        // Only what differs is written: a price that stays is no edit.
        try connection.execute(
            """
            delete from books.product_price
            where company_id = \(company) and product_id = \(id) and currency <> all (\(codes)::text[])
            """)
        try connection.execute(
            """
            insert into books.product_price as old (company_id, product_id, currency, minor_units)
            select \(company)::uuid, \(id)::uuid, currency, minor_units
            from unnest(\(codes)::text[], \(prices.map(\.minorUnits))::bigint[]) as price (currency, minor_units)
            on conflict (company_id, product_id, currency) do update set minor_units = excluded.minor_units
                where old.minor_units <> excluded.minor_units
            """)
    }

    private static func refusingTakenCode<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as PostgresError where error.isUniqueViolation && error.constraint == "product_code" {
            throw Refusal(.conflict, "Another product has this code.", fields: ["code": "is taken"])
        }
    }

    func product(_ id: Product.ID) throws -> Product? {
        try connection.query(
            """
            select \(fragment: Self.columns) from books.product p
            where p.company_id = \(try access.company()) and p.id = \(id)
            """
        ).first.map(Self.product)
    }

    func list(search: String?, page: PageRequest) throws -> Listing<Product> {
        let company = try access.company()
        var filter: SQL = "p.company_id = \(company)"
        if let prefix = search.map({ Search.prefix($0) }) {
            filter += " and (starts_with(p.name_key, \(prefix)) or starts_with(lower(p.code), \(prefix)))"
        }
        let rows = try connection.query(
            """
            select \(fragment: Self.columns) from books.product p
            where p.company_id = \(company) and p.id = any (array(
                select p.id from books.product p where \(fragment: filter)
                order by p.name_key, p.id limit \(page.limit) offset \(page.offset)))
            order by p.name_key, p.id
            """)
        let total =
            search == nil
            ? try ListCounts(connection: connection).total(of: "product", company: company, state: nil)
            : try connection.query("select count(*) as total from books.product p where \(fragment: filter)")
                .first?.int("total") ?? 0
        return Listing(items: try rows.map(Self.product), total: total)
    }

    func update(_ id: Product.ID, _ details: ProductDetails) throws -> Product? {
        let changed = try Self.refusingTakenCode {
            try connection.execute(
                """
                update books.product set
                    code = \(details.code), name = \(details.name), description = \(details.description),
                    unit = \(details.unit), tax_basis_points = \(details.tax.basisPoints),
                    is_active = \(details.isActive), updated_at = clock_timestamp()
                where company_id = \(try access.company()) and id = \(id)
                """)
        }
        guard changed == 1 else { return nil }
        try replacePrices(id, details.prices)
        return try product(id)
    }

    func delete(_ id: Product.ID) throws -> Bool {
        try connection.execute(
            "delete from books.product where company_id = \(try access.company()) and id = \(id)") == 1
    }

    func matching(_ words: [String], limit: Int) throws -> [Product] {
        guard !words.isEmpty else { return [] }
        return try connection.query(
            """
            select \(fragment: Self.columns)
            from books.products_matching(\(words)::text[], \(limit)::integer) found
            join books.product p on p.company_id = \(try access.company()) and p.id = found.id
            order by found.rank desc, p.name_key, p.id
            """
        ).map(Self.product)
    }

    func linked(to items: Set<CatalogItem.ID>) throws -> [CatalogItem.ID: Product] {
        guard !items.isEmpty else { return [:] }
        let rows = try connection.query(
            """
            select l.record_id, \(fragment: Self.columns)
            from pipedrive.connection c
            join pipedrive.link l on l.company_id = c.company_id
                and l.pipedrive_company_id = c.pipedrive_company_id and l.kind = 'product' and l.state = 'live'
                and l.record_id = any (\(items.map(\.rawValue).sorted())::bigint[])
            join books.product p on p.company_id = l.company_id and p.id = l.local_id
            where c.company_id = \(try access.company())
            """)
        let pairs = try rows.map { (CatalogItem.ID(try $0.int64("record_id")), try Self.product($0)) }
        return Dictionary(pairs) { first, _ in first }
    }

    static func product(_ row: PostgresRow) throws -> Product {
        let prices = try zip(row.strings("currencies"), row.int64s("prices")).map { code, units in
            Money(minorUnits: units, currency: try Currency(code).orMissing("currencies"))
        }
        let details = ProductDetails(
            code: try row.optionalString("code"), name: try row.string("name"),
            description: try row.optionalString("description"), unit: try row.optionalString("unit"),
            tax: Percentage(basisPoints: try row.int("tax_basis_points")), prices: prices,
            isActive: try row.bool("is_active"))
        return Product(
            id: Product.ID(try row.uuid("id")), createdAt: try row.date("created_at"),
            updatedAt: try row.date("updated_at"), details: details)
    }
}
