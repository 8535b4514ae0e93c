import Domain
import FoundationEssentials

/// Turns Pipedrive's records into the domain's; nil for what has no identifier.
///
/// Custom fields are read by the policy's codes; without a policy there are none.
enum RecordReading {
    static func person(_ node: JSONNode, _ policy: SyncPolicy? = nil) -> Person? {
        guard let id = node["id"]?.integer else { return nil }
        return Person(
            id: Person.ID(id), name: plain(node["name"]?.text) ?? "",
            organizationID: (node["org_id"]?["value"] ?? node["org_id"])?.integer.map { Organization.ID($0) },
            emails: channels(node["emails"]), phones: channels(node["phones"]),
            language: custom(policy?.mapping.personLanguage, .person, node, policy), labels: labels(node),
            isDeleted: node["is_deleted"]?.flag ?? false, addedAt: moment(node["add_time"]),
            updatedAt: moment(node["update_time"]))
    }

    static func organization(_ node: JSONNode, _ policy: SyncPolicy? = nil) -> Organization? {
        guard let id = node["id"]?.integer else { return nil }
        let mapping = policy?.mapping
        return Organization(
            id: Organization.ID(id), name: plain(node["name"]?.text) ?? "", address: address(node["address"]),
            vatNumber: custom(mapping?.vatNumber, .organization, node, policy),
            kvkNumber: custom(mapping?.kvkNumber, .organization, node, policy),
            language: custom(mapping?.organizationLanguage, .organization, node, policy),
            isDeleted: node["is_deleted"]?.flag ?? false, addedAt: moment(node["add_time"]),
            updatedAt: moment(node["update_time"]))
    }

    static func product(_ node: JSONNode, _ policy: SyncPolicy? = nil) -> CatalogItem? {
        guard let id = node["id"]?.integer else { return nil }
        return CatalogItem(
            id: CatalogItem.ID(id), name: plain(node["name"]?.text) ?? "", code: filled(node["code"]),
            description: filled(node["description"]), unit: filled(node["unit"]),
            tax: node["tax"]?.decimal.flatMap(Percentage.init) ?? .zero, prices: prices(node["prices"]),
            isLinkable: node["is_linkable"]?.flag ?? true, priceDetails: priceDetails(node["prices"]),
            isDeleted: node["is_deleted"]?.flag ?? false, addedAt: moment(node["add_time"]),
            updatedAt: moment(node["update_time"]))
    }

    /// A variation of this product; nil for what has no identifier.
    static func variation(_ node: JSONNode, of product: CatalogItem) -> CatalogItem? {
        guard let number = node["id"]?.integer else { return nil }
        return product.variation(
            number, name: plain(node["name"]?.text) ?? "", prices: prices(node["prices"]),
            priceDetails: priceDetails(node["prices"]))
    }

    /// A variation that is known, with the prices that it has now.
    static func variation(_ item: CatalogItem, priced node: JSONNode) -> CatalogItem {
        CatalogItem(
            id: item.id, name: item.name, description: item.description, unit: item.unit, tax: item.tax,
            prices: prices(node["prices"]), isLinkable: item.isLinkable, priceDetails: priceDetails(node["prices"]),
            addedAt: item.addedAt)
    }

    private static func moment(_ node: JSONNode?) -> Date? { node?.text.flatMap(Timestamp.date) }

    /// No database keeps a NUL, so none may come in.
    private static func plain(_ text: String?) -> String? {
        guard let text, text.utf8.contains(0) else { return text }
        return text.replacing("\0", with: "")
    }

    /// What a custom field says: the label of a chosen option, else its text; empty where it is null. Nil when none is
    /// named, and when Pipedrive has no such field any more, whose code is in no answer: nobody cleared anything.
    private static func custom(
        _ code: String?, _ kind: RecordKind, _ node: JSONNode, _ policy: SyncPolicy?
    ) -> String? {
        guard let code, let policy, policy.mayHave(code, of: kind),
            let value = node["custom_fields"]?.member(named: code)
        else { return nil }
        if value.isNull { return "" }
        let options = policy.options(of: code, kind)
        if let id = value.integer, let option = options.first(where: { $0.id == id }) { return option.label }
        return filled(value["value"] ?? value) ?? ""
    }

    /// The labels of addresses and numbers.
    private static func labels(_ node: JSONNode) -> [String: String] {
        var labels: [String: String] = [:]
        for element in (node["emails"]?.elements ?? []) + (node["phones"]?.elements ?? []) {
            guard let value = filled(element["value"]), let label = filled(element["label"]) else { continue }
            labels[value] = label
        }
        return labels
    }

    private static func priceDetails(_ node: JSONNode?) -> [PriceDetail] {
        (node?.elements ?? []).compactMap { element in
            guard let currency = element["currency"]?.text else { return nil }
            return PriceDetail(
                currency: currency, price: element["price"]?.decimal, cost: element["cost"]?.decimal,
                directCost: element["direct_cost"]?.decimal, notes: plain(element["notes"]?.text) ?? "")
        }
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

    /// Where Pipedrive has not taken the address apart, all of it stands as the street; where it knows all but the
    /// street, as of a PO box, the whole says that.
    private static func address(_ node: JSONNode?) -> PostalAddress {
        guard let node else { return PostalAddress() }
        let street = [node["route"], node["street_number"], node["subpremise"]].compactMap(filled)
        var parts = PostalAddress(
            street: street.isEmpty ? nil : street.joined(separator: " "), postalCode: filled(node["postal_code"]),
            city: filled(node["locality"]), country: filled(node["country"]))
        if parts == PostalAddress() { return PostalAddress(street: filled(node["value"]) ?? filled(node)) }
        if parts.street == nil, let value = filled(node["value"]) {
            let areas = [node["sublocality"], node["admin_area_level_1"], node["admin_area_level_2"]]
            parts.street = StreetLine(value, of: parts, areas: areas.compactMap(filled)).text
        }
        return parts
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
        guard let text = plain(node?.textOrDigits) else { return nil }
        var trimmed = text.drop(while: \.isWhitespace)
        while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
        return trimmed.isEmpty ? nil : String(trimmed)
    }
}
