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

    /// Reads a new contact, or all of one that replaces `current`: fields that were not sent are empty, but for the kind: a
    /// new contact without one is a person where it belongs to an organization, else an organization.
    /// Throws `invalid` naming each wrong field.
    static func details(_ body: [UInt8], replacing current: ContactDetails? = nil) throws -> ContactDetails {
        let reader = try FieldReader(body: body, allowed: fields)
        let organization: Contact.ID? = reader.identifier("organization_id")
        let details = ContactDetails(
            kind: reader.word("kind", as: Contact.Kind.self) ?? current?.kind
                ?? (organization == nil ? .organization : .person),
            name: reader.requiredText("name"), organizationID: organization,
            emails: emails(reader), phones: reader.texts("phones"), address: address(reader),
            vatNumber: reader.text("vat_number"), kvkNumber: reader.text("kvk_number"), language: language(reader),
            externalID: reader.text("external_id"))
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
        guard ["nl", "en", "de"].contains(language) else {
            reader.refuse("language", "has to be nl, en or de")
            return nil
        }
        return language
    }

    private static func address(_ reader: FieldReader) -> PostalAddress {
        let parts = reader.object("address", allowed: ["street", "postal_code", "city", "country"])
        return PostalAddress(
            street: parts?.text("street"), postalCode: parts?.text("postal_code", limit: 20),
            city: parts?.text("city"), country: parts?.text("country", limit: 60))
    }
}
