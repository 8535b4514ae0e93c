import Domain
import HTTPTypes
import Workflows

/// `/api/v1/products`.
struct ProductAPI: Sendable {
    let useCases: UseCases

    var routes: [Route] {
        let books = useCases.apiBooks
        return [
            useCases.apiRoute(.get, "products") { call, company in
                let page = try ListQuery.strictPage(call.query)
                let listing = try books.products(company, search: call.query.trimmed("search"), page: page)
                return .list(listing, page: page, ProductJSON.value)
            },
            useCases.apiRoute(.post, "products", body: .json) { call, company in
                let product = try books.addProduct(try ProductJSON.details(call.request.body), company)
                return .created(ProductJSON.value(product), at: "products/\(product.id.text)")
            },
            useCases.apiRoute(.get, "products/{id}") { call, company in
                .json(ProductJSON.value(try books.product(try call.identifier("id", of: "product"), company)))
            },
            useCases.apiRoute(.put, "products/{id}", body: .json) { call, company in
                let current = try books.product(try call.identifier("id", of: "product"), company)
                let details = try ProductJSON.details(call.request.body, changing: current.details)
                return .json(ProductJSON.value(try books.changeProduct(current.id, details, company)))
            },
            useCases.apiRoute(.delete, "products/{id}") { call, company in
                try books.removeProduct(try call.identifier("id", of: "product"), company)
                return .empty(.noContent)
            },
        ]
    }
}
