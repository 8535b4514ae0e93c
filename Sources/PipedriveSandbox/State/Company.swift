/// The pretended company whose data this is.
struct Company: Sendable {
    var id = 7701
    var name = "Tulp & Zonen"
    var domain = "tulp-en-zonen"
    var country = "NL"
    var currency = "EUR"
    var industry = "Wholesale"

    /// The host that webhooks name as the origin of a change.
    var host: String { "\(domain).pipedrive.com" }
}
