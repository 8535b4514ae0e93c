/// A lead that became a deal, or a deal that became a lead.
struct Conversion: Sendable {
    let leadID: String
    let dealID: Int
}
