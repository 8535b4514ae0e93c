extension Identifier where Subject == CatalogItem, RawValue == Int64 {
    /// Pipedrive's numbers are of 31 bits: a variation's identifier has its product's before its own. So every variation
    /// comes behind all products, and those of a product stand together.
    private static let places = Int64(31)

    /// The identifier of a product's variation; nil for numbers that Pipedrive has not.
    public static func variation(_ number: Int64, of product: Int64) -> Self? {
        let numbers = Int64(1)..<(1 << places)
        return numbers.contains(number) && numbers.contains(product) ? Self(product << places | number) : nil
    }

    /// The first number that is a variation's, and no product's.
    public static let firstVariation = Int64(1) << places

    /// Pipedrive's number of the product.
    public var product: Int64 { rawValue < Self.firstVariation ? rawValue : rawValue >> Self.places }

    /// Pipedrive's number of the variation; nil for a product.
    public var variation: Int64? { rawValue < Self.firstVariation ? nil : rawValue & (Self.firstVariation - 1) }

    /// The identifiers that the variations of this product have.
    public var variations: ClosedRange<Int64> {
        product << Self.places...product << Self.places | (Self.firstVariation - 1)
    }
}

extension CatalogItem {
    /// A variation of this product: a name and prices of its own, and everything else the product's. Pipedrive tells no
    /// time of a variation, so its changes have none, and it was added when the product was. Nil for a number that
    /// Pipedrive has not.
    public func variation(
        _ number: Int64, name own: String, prices: [Money], priceDetails: [PriceDetail]
    ) -> CatalogItem? {
        guard let id = ID.variation(number, of: id.product) else { return nil }
        let shown = own.contains { !$0.isWhitespace } ? own : "variation \(number)"
        return CatalogItem(
            id: id, name: "\(name) – \(shown)", description: description, unit: unit, tax: tax, prices: prices,
            isLinkable: isLinkable, priceDetails: priceDetails, addedAt: addedAt)
    }
}

extension RecordPage {
    /// Numbers of the products whose variations stand on this page.
    public var withVariations: Set<Int64> {
        Set(ids.map { CatalogItem.ID($0) }.filter { kind == .product && $0.variation != nil }.map(\.product))
    }

    /// A page of products with these behind it, none of them twice.
    public func adding(_ items: [CatalogItem]) -> RecordPage {
        guard case .products(let products) = self, !items.isEmpty else { return self }
        let there = Set(ids)
        return .products(products + items.filter { !there.contains($0.id.rawValue) })
    }
}
