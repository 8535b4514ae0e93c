/// The pretended company whose data this is.
struct Company: Sendable {
    var id = 7701
    var name = "Tulp & Zonen"
    var domain = "tulp-en-zonen"
    var country = "NL"
    var currency = "EUR"
    var industry = "Wholesale"
    /// False while the account is closed or unpaid, so that the API answers 402.
    var isOpen = true

    /// The host that webhooks name as the origin of a change.
    var host: String { "\(domain).pipedrive.com" }
}
