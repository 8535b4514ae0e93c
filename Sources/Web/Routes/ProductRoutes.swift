import Domain
import HTTPTypes
import Workflows

/// The catalog, for members.
struct ProductRoutes: Sendable {
    let useCases: UseCases
    let frame: PageFrame

    var routes: [Route] {
        [
            Route(.get, "/products", .member) { call in
                let (search, page) = (call.query.trimmed("search"), ListQuery.page(call.query))
                let company = try call.member().company.id
                let listing = try useCases.books.products(company, search: search, page: page)
                return try frame.answer(ProductListPage(listing, search: search, page: page), to: call)
            }
        ]
    }
}
