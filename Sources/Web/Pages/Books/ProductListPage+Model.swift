import Domain

/// The catalog by name.
struct ProductListPage: Page {
    let title = "Products"
    let section: NavigationSection? = .products
    let search: String
    let rows: [Row]
    let isEmpty: Bool
    let isSearching: Bool
    let pager: Pager?

    struct Row: Sendable {
        let code: String
        let name: String
        let unit: String
        let taxRate: String
        let prices: String
        let isActive: Bool
    }

    init(_ listing: Listing<Product>, search: String?, page: PageRequest) {
        self.search = search ?? ""
        isSearching = search != nil
        rows = listing.items.map { product in
            let details = product.details
            return Row(
                code: details.code ?? "", name: details.name, unit: details.unit ?? "",
                taxRate: "\(details.tax) %", prices: details.prices.map(\.displayText).joined(separator: " · "),
                isActive: details.isActive)
        }
        isEmpty = rows.isEmpty
        pager = Pager(path: "/products", filters: [("search", search)], page: page, total: listing.total)
    }
}
