import Domain

/// Turns Pipedrive's records into the domain's; nil for what has no identifier.
enum RecordReading {
    static func person(_ node: JSONNode) -> Person? {
        guard let id = node["id"]?.integer else { return nil }
        return Person(
            id: Person.ID(id), name: node["name"]?.text ?? "",
            organizationID: (node["org_id"]?["value"] ?? node["org_id"])?.integer.map { Organization.ID($0) },
            emails: channels(node["emails"]), phones: channels(node["phones"]),
            isDeleted: node["is_deleted"]?.flag ?? false, updatedAt: node["update_time"]?.text.flatMap(Timestamp.date))
    }

    static func organization(_ node: JSONNode) -> Organization? {
        guard let id = node["id"]?.integer else { return nil }
        return Organization(
            id: Organization.ID(id), name: node["name"]?.text ?? "", address: address(node["address"]),
            isDeleted: node["is_deleted"]?.flag ?? false, updatedAt: node["update_time"]?.text.flatMap(Timestamp.date))
    }

    static func product(_ node: JSONNode) -> CatalogItem? {
        guard let id = node["id"]?.integer else { return nil }
        return CatalogItem(
            id: CatalogItem.ID(id), name: node["name"]?.text ?? "", code: filled(node["code"]),
            description: filled(node["description"]), unit: filled(node["unit"]),
            tax: node["tax"]?.decimal.flatMap(Percentage.init) ?? .zero, prices: prices(node["prices"]),
            isLinkable: node["is_linkable"]?.flag ?? true, isDeleted: node["is_deleted"]?.flag ?? false,
            updatedAt: node["update_time"]?.text.flatMap(Timestamp.date))
    }

    /// E-mail addresses or telephone numbers: the primary one first, the others in their order, blanks left out.
    private static func channels(_ node: JSONNode?) -> [String] {
        var primary: [String] = []
        var others: [String] = []
        for element in node?.elements ?? [] {
            guard let value = filled(element["value"]) else { continue }
            if element["primary"]?.flag == true { primary.append(value) } else { others.append(value) }
        }
        return primary + others
    }

    /// Where Pipedrive has not taken the address apart, all of it stands as the street.
    private static func address(_ node: JSONNode?) -> PostalAddress {
        guard let node else { return PostalAddress() }
        let street = [node["route"], node["street_number"], node["subpremise"]].compactMap(filled)
        let parts = PostalAddress(
            street: street.isEmpty ? nil : street.joined(separator: " "), postalCode: filled(node["postal_code"]),
            city: filled(node["locality"]), country: filled(node["country"]))
        return parts == PostalAddress() ? PostalAddress(street: filled(node["value"]) ?? filled(node)) : parts
    }

    /// One price per currency; custom currencies that are no three-letter code are left out.
    private static func prices(_ node: JSONNode?) -> [Money] {
        var result: [Money] = []
        for element in node?.elements ?? [] {
            guard let currency = element["currency"]?.text.flatMap({ Currency($0) }),
                let amount = element["price"]?.decimal.flatMap({ Money($0, currency: currency) }),
                !result.contains(where: { $0.currency == currency })
            else { continue }
            result.append(amount)
        }
        return result
    }

    /// The text without blanks around it; nil when nothing is left.
    static func filled(_ node: JSONNode?) -> String? {
        guard let text = node?.textOrDigits else { return nil }
        var trimmed = text.drop(while: \.isWhitespace)
        while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
        return trimmed.isEmpty ? nil : String(trimmed)
    }
}
