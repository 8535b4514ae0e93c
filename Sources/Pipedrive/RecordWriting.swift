import Domain
import FoundationEssentials

/// A JSON value that is sent. Amounts go out as the exact decimals they are.
indirect enum SentValue: Encodable {
    case null
    case text(String)
    case integer(Int64)
    case decimal(ScaledDecimal)
    case flag(Bool)
    case list([SentValue])
    case object([String: SentValue])

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .text(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .decimal(let value):
            try container.encode(
                Decimal(
                    sign: value.mantissa < 0 ? .minus : .plus, exponent: -value.scale,
                    significand: Decimal(value.mantissa.magnitude)))
        case .flag(let value): try container.encode(value)
        case .list(let values): try container.encode(values)
        case .object(let values): try container.encode(values)
        }
    }
}

/// What a write becomes in Pipedrive's words. Lists go out whole: what is not sent back is gone there.
struct RecordWriting {
    let policy: SyncPolicy

    /// The members of the body; empty when Pipedrive has no place for any of the values.
    func body(_ write: RecordWrite, current: RecordPage?) -> [String: SentValue] {
        var body: [String: SentValue] = [:]
        var custom: [String: SentValue] = [:]
        for field in SyncField.of(write.kind) {
            guard let text = write.values[field] else { continue }
            if let (code, value) = self.custom(field, text, write.kind) {
                custom[code] = value
            } else if let (name, value) = Self.member(field, text, current) {
                body[name] = value
            }
        }
        if !custom.isEmpty { body["custom_fields"] = .object(custom) }
        return body
    }

    private static func member(_ field: SyncField, _ text: String, _ current: RecordPage?) -> (String, SentValue)? {
        switch field {
        case .name: ("name", .text(text))
        case .organization: ("org_id", Int64(text).map { .integer($0) } ?? .null)
        case .emails: ("emails", channels(text, labels(current)))
        case .phones: ("phones", channels(text, labels(current)))
        case .address: ("address", address(FieldText.address(text)))
        case .code: ("code", .text(text))
        case .description: ("description", .text(text))
        case .unit: ("unit", .text(text))
        case .tax: Int64(text).map { ("tax", .decimal(ScaledDecimal(mantissa: $0, scale: 2))) }
        case .prices: ("prices", prices(FieldText.prices(text), details(current)))
        case .isActive: ("is_linkable", .flag(text == FieldText.flag(true)))
        case .vatNumber, .kvkNumber, .language: nil
        }
    }

    private static func labels(_ page: RecordPage?) -> [String: String] {
        guard case .persons(let persons) = page else { return [:] }
        return persons.first?.labels ?? [:]
    }

    private static func details(_ page: RecordPage?) -> [PriceDetail] {
        guard case .products(let products) = page else { return [] }
        return products.first?.priceDetails ?? []
    }

    /// The first is the primary one; each keeps the label it had.
    private static func channels(_ text: String, _ labels: [String: String]) -> SentValue {
        .list(
            FieldText.entries(text).enumerated().map { place, value in
                .object([
                    "value": .text(value), "primary": .flag(place == 0), "label": .text(labels[value] ?? "work"),
                ])
            })
    }

    /// `value` is what people see; the parts stand beside it, because those left out become empty.
    private static func address(_ address: PostalAddress) -> SentValue {
        var parts: [String: SentValue] = ["value": .text(line(address))]
        if let street = address.street { parts["route"] = .text(street) }
        if let code = address.postalCode { parts["postal_code"] = .text(code) }
        if let city = address.city { parts["locality"] = .text(city) }
        if let country = address.country { parts["country"] = .text(country) }
        return .object(parts)
    }

    /// An address in one line.
    static func line(_ address: PostalAddress) -> String {
        let town = [address.postalCode, address.city].compactMap(\.self).joined(separator: " ")
        return [address.street, town.isEmpty ? nil : town, address.country].compactMap(\.self).joined(separator: ", ")
    }

    /// Every currency goes back: ours with our amount and what stood beside it, and those that we can't hold as they
    /// were.
    private static func prices(_ prices: [Money], _ details: [PriceDetail]) -> SentValue {
        let ours = prices.map { money -> PriceDetail in
            let old = details.first { $0.currency == money.currency.code }
            let amount = ScaledDecimal(mantissa: money.minorUnits, scale: money.currency.decimalDigits)
            return PriceDetail(
                currency: money.currency.code, price: amount, cost: old?.cost, directCost: old?.directCost,
                notes: old?.notes ?? "")
        }
        let foreign = details.filter { Currency($0.currency) == nil }
        return .list(
            (ours + foreign).map { detail in
                var price: [String: SentValue] = [
                    "currency": .text(detail.currency), "price": .decimal(detail.price ?? ScaledDecimal(mantissa: 0)),
                ]
                if let cost = detail.cost { price["cost"] = .decimal(cost) }
                if let cost = detail.directCost { price["direct_cost"] = .decimal(cost) }
                if !detail.notes.isEmpty { price["notes"] = .text(detail.notes) }
                return .object(price)
            })
    }

    /// The code and value of a mapped custom field; nil when none is mapped, when Pipedrive does not have it any more,
    /// and when none of its options means the value.
    private func custom(_ field: SyncField, _ text: String, _ kind: RecordKind) -> (String, SentValue)? {
        let code =
            switch field {
            case .vatNumber: kind == .organization ? policy.mapping.vatNumber : nil
            case .kvkNumber: kind == .organization ? policy.mapping.kvkNumber : nil
            case .language:
                kind == .organization ? policy.mapping.organizationLanguage : policy.mapping.personLanguage
            default: nil as String?
            }
        guard let code, policy.mayHave(code, of: kind) else { return nil }
        if text.isEmpty { return (code, .null) }
        let options = policy.options(of: code, kind)
        if options.isEmpty { return (code, .text(text)) }
        let meant = options.first { field == .language ? FieldText.language($0.label) == text : $0.label == text }
        return meant.map { (code, .integer($0.id)) }
    }
}

extension SyncPolicy {
    /// Whether Pipedrive has this custom field, as far as its fields were ever read: somebody may have deleted it there.
    func mayHave(_ code: String, of kind: RecordKind) -> Bool {
        let known = customFields.filter { $0.kind == kind }
        return known.isEmpty || known.contains { $0.code == code }
    }

    /// What a custom field offers to choose from.
    func options(of code: String, _ kind: RecordKind) -> [CustomField.Option] {
        customFields.first { $0.kind == kind && $0.code == code }?.options ?? []
    }
}
