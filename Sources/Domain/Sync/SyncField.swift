/// A field that travels between a record of Pipedrive and ours. Lists and addresses travel whole, as Pipedrive
/// replaces them whole.
public enum SyncField: String, Sendable, CaseIterable {
    /// Name of the person, organization or product.
    case name
    /// The organization that a person belongs to.
    case organization
    /// E-mail addresses, primary first.
    case emails
    /// Telephone numbers, primary first.
    case phones
    /// Postal address of an organization.
    case address
    /// VAT number, by a custom field named in the settings.
    case vatNumber = "vat_number"
    /// Number in the trade register, by a custom field named in the settings.
    case kvkNumber = "kvk_number"
    /// Language of documents, by a custom field named in the settings.
    case language
    /// Article code of a product.
    case code
    /// Longer text of a product.
    case description
    /// Piece, hour, month.
    case unit
    /// Tax rate of a product.
    case tax
    /// One price per currency.
    case prices
    /// Whether a product may be put on new documents.
    case isActive = "is_active"

    /// The fields of a kind, in the order people read them.
    public static func of(_ kind: RecordKind) -> [SyncField] {
        switch kind {
        case .organization: [.name, .address, .vatNumber, .kvkNumber, .language]
        case .person: [.name, .organization, .emails, .phones, .language]
        case .product: [.name, .code, .description, .unit, .tax, .prices, .isActive]
        }
    }

    /// As a person reads it.
    public var label: String {
        switch self {
        case .name: "Name"
        case .organization: "Organization"
        case .emails: "E-mail"
        case .phones: "Phone"
        case .address: "Address"
        case .vatNumber: "VAT number"
        case .kvkNumber: "KvK number"
        case .language: "Language"
        case .code: "Code"
        case .description: "Description"
        case .unit: "Unit"
        case .tax: "Tax"
        case .prices: "Prices"
        case .isActive: "Active"
        }
    }
}

/// The values of a record's fields, each as one text that both sides write alike, so that they can be compared.
///
/// A field that a side does not have (a custom field nobody named, an organization the other side does not know) is
/// missing; one that is empty holds the empty text. Only what is there takes part in merging.
public struct FieldValues: Hashable, Sendable {
    private var texts: [SyncField: String]

    /// Makes values.
    public init(_ texts: [SyncField: String] = [:]) {
        self.texts = texts
    }

    /// The text of a field; nil when this side has no such field.
    public subscript(field: SyncField) -> String? {
        get { texts[field] }
        set { texts[field] = newValue }
    }

    /// Field names and texts in turn, in a fixed order: how values are stored.
    public var pairs: [String] {
        SyncField.allCases.flatMap { field in texts[field].map { [field.rawValue, $0] } ?? [] }
    }

    /// Reads stored values; names that are not known any more are left out.
    public init(pairs: [String]) {
        var texts: [SyncField: String] = [:]
        var place = 0
        while place + 1 < pairs.count {
            if let field = SyncField(rawValue: pairs[place]) { texts[field] = pairs[place + 1] }
            place += 2
        }
        self.texts = texts
    }
}
