/// What the sandbox keeps in tables.
///
/// The raw value is the word that webhooks use.
enum Entity: String, Sendable, CaseIterable {
    case deal, person, organization, product, pipeline, stage, note, lead
    case dealProduct = "deal_product"
    case discount
    case variation
    case webhook

    /// The word for this thing at the start of a sentence in an error.
    var title: String {
        switch self {
        case .dealProduct: "Deal product"
        default: rawValue.prefix(1).uppercased() + rawValue.dropFirst()
        }
    }

    /// Whether times in its JSON have version 1's form with a space.
    var hasSpacedTimes: Bool { self == .note }

    /// Whether its JSON has `add_time` and `update_time` that follow every change.
    var hasTimes: Bool { ![.discount, .variation, .webhook].contains(self) }
}
