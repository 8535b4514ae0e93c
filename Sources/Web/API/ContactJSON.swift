import Domain

/// A contact in the regular API's words.
enum ContactJSON {
    static let fields = [
        "kind", "name", "organization_id", "emails", "phones", "address", "vat_number", "kvk_number", "language",
        "external_id",
    ]

    static func value(_ contact: Contact) -> JSONValue {
        let details = contact.details
        return .object([
            ("id", .string(contact.id.text)),
            ("kind", .string(details.kind.rawValue)),
            ("name", .string(details.name)),
            ("organization_id", .optional(details.organizationID?.text)),
            ("emails", .strings(details.emails)),
            ("phones", .strings(details.phones)),
            ("address", address(details.address)),
            ("vat_number", .optional(details.vatNumber)),
            ("kvk_number", .optional(details.kvkNumber)),
            ("language", .optional(details.language)),
            ("external_id", .optional(details.externalID)),
            ("archived", .bool(contact.isArchived)),
            ("created_at", .instant(contact.createdAt)),
            ("updated_at", .instant(contact.updatedAt)),
        ])
    }

    private static func address(_ address: PostalAddress) -> JSONValue {
        .object([
            ("street", .optional(address.street)),
            ("postal_code", .optional(address.postalCode)),
            ("city", .optional(address.city)),
            ("country", .optional(address.country)),
        ])
    }

    /// Reads a new contact, or changes to `current`: fields that were not sent stay as they are, null empties one.
    /// Throws `invalid` naming each wrong field.
    static func details(_ body: [UInt8], changing current: ContactDetails? = nil) throws -> ContactDetails {
        let reader = try FieldReader(body: body, allowed: fields)
        var details = current ?? ContactDetails(kind: .organization, name: "")
        if let kind = reader.word("kind", as: Contact.Kind.self) { details.kind = kind }
        if current == nil || reader.has("name") { details.name = reader.requiredText("name") }
        if reader.has("organization_id") { details.organizationID = reader.identifier("organization_id") }
        if reader.has("emails") { details.emails = emails(reader) }
        if reader.has("phones") { details.phones = reader.texts("phones") }
        if reader.has("address") { details.address = address(reader, changing: details.address) }
        if reader.has("vat_number") { details.vatNumber = reader.text("vat_number") }
        if reader.has("kvk_number") { details.kvkNumber = reader.text("kvk_number") }
        if reader.has("language") { details.language = language(reader) }
        if reader.has("external_id") { details.externalID = reader.text("external_id") }
        try reader.finish()
        return details
    }

    private static func emails(_ reader: FieldReader) -> [String] {
        reader.texts("emails").filter { email in
            if EmailAddress.normalized(email) != nil { return true }
            reader.refuse("emails", "holds an address that is none")
            return false
        }
    }

    private static func language(_ reader: FieldReader) -> String? {
        guard let language = reader.text("language")?.lowercased() else { return nil }
        guard language.utf8.count == 2, language.utf8.allSatisfy({ (97...122).contains($0) }) else {
            reader.refuse("language", "has to be a language code such as nl")
            return nil
        }
        return language
    }

    private static func address(_ reader: FieldReader, changing current: PostalAddress) -> PostalAddress {
        guard let parts = reader.object("address", allowed: ["street", "postal_code", "city", "country"]) else {
            return PostalAddress()
        }
        var address = current
        if parts.has("street") { address.street = parts.text("street") }
        if parts.has("postal_code") { address.postalCode = parts.text("postal_code", limit: 20) }
        if parts.has("city") { address.city = parts.text("city") }
        if parts.has("country") { address.country = parts.text("country", limit: 60) }
        return address
    }
}
