import Domain
import HTTPTypes
import Workflows

/// `/api/v1/products`.
struct ProductAPI: Sendable {
    let useCases: UseCases

    var routes: [Route] {
        [
            useCases.apiRoute(.get, "products") { call in
                let page = try ListQuery.strictPage(call.query)
                let listing = try call.books.products(call.id, search: call.query.trimmed("search"), page: page)
                return .list(listing, page: page, ProductJSON.value)
            },
            useCases.apiRoute(.post, "products", body: .json) { call in
                let product = try call.books.addProduct(try ProductJSON.details(call.body), call.id)
                return .created(ProductJSON.value(product), at: "products/\(product.id.text)")
            },
            useCases.apiRoute(.get, "products/{id}") { call in
                .json(ProductJSON.value(try call.books.product(try call.identifier("product"), call.id)))
            },
            useCases.apiRoute(.put, "products/{id}", body: .json) { call in
                let current = try call.books.product(try call.identifier("product"), call.id)
                let details = try ProductJSON.details(call.body)
                return .json(ProductJSON.value(try call.books.changeProduct(current.id, details, call.id)))
            },
            useCases.apiRoute(.delete, "products/{id}") { call in
                try call.books.removeProduct(try call.identifier("product"), call.id)
                return .empty(.noContent)
            },
        ]
    }
}
