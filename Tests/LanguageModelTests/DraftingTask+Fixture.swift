import Domain
import FoundationEssentials

extension DraftingTask {
    /// A deal called `title` with this catalog.
    static func fixture(
        title: String, products: [DealProduct] = [], catalog: [Product] = [], customFields: [String: String] = [:],
        person: String? = "Anna de Vries", language: String = "nl", company: String = "Studio Noord"
    ) -> DraftingTask {
        let deal = Deal(
            id: Deal.ID(8), title: title, status: .open, pipelineID: Pipeline.ID(1), stageID: Stage.ID(3),
            currency: .eur, customFields: customFields)
        let context = DealContext(
            deal: deal, products: products, person: person.map { Person(id: Person.ID(5), name: $0) },
            organization: nil)
        return DraftingTask(
            context: context, catalog: catalog, linked: [:], language: language, companyName: company)
    }
}

extension Product {
    /// A product by number, at ten euro.
    static func fixture(_ number: UInt8, _ name: String, code: String? = nil, isActive: Bool = true) -> Product {
        let id = Product.ID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0x40, 0, 0x80, 0, 0, 0, 0, 0, 0, number)))
        return Product(
            id: id, createdAt: Date(timeIntervalSince1970: 0), updatedAt: Date(timeIntervalSince1970: 0),
            details: ProductDetails(
                code: code, name: name, prices: [Money(minorUnits: 1000, currency: .eur)], isActive: isActive))
    }
}

extension Quantity {
    /// A quantity written as a decimal; nothing when it is none.
    static func fixture(_ text: String) -> Quantity {
        ScaledDecimal(text).flatMap(Quantity.init) ?? Quantity(tenThousandths: 0)
    }
}
