/// What the sandbox keeps in tables.
///
/// The raw value is the word that webhooks use.
enum Entity: String, Sendable, CaseIterable {
    case deal, person, organization, product, pipeline, stage, note, lead
    case dealProduct = "deal_product"
    case discount
    case variation
    case webhook
    /// Users stand in a list of their own; the word is for their webhooks.
    case user

    /// The word for this thing at the start of a sentence in an error.
    var title: String {
        switch self {
        case .dealProduct: "Deal product"
        default: rawValue.prefix(1).uppercased() + rawValue.dropFirst()
        }
    }

    /// Whether times in its JSON have version 1's form with a space.
    var hasSpacedTimes: Bool { self == .note }

    /// Whether times in its JSON have milliseconds.
    var hasMilliseconds: Bool { self == .lead }

    /// Whether its JSON has `add_time` and `update_time` that follow every change.
    var hasTimes: Bool { ![.discount, .variation, .webhook, .user].contains(self) }

    /// The members by which its records are looked up.
    var links: [String] {
        switch self {
        case .dealProduct, .discount: ["deal_id"]
        case .variation: ["product_id"]
        case .note: ["deal_id", "person_id", "org_id", "lead_id"]
        case .lead: ["id"]
        case .webhook: ["owner_id"]
        case .deal: ["person_id", "org_id"]
        case .person: ["org_id"]
        default: []
        }
    }
}
