/// How often a product is billed, and how many times: what the two may be together.
extension State {
    private static let mostCycles = 208
    private static let mostRecurringLines = 20

    /// Refuses a number of cycles that its frequency does not allow; `null` means billed for ever.
    static func checkBilling(_ fields: JSONObject) throws {
        let frequency = fields["billing_frequency"] ?? "one-time"
        let cycles = fields["billing_frequency_cycles"] ?? .null
        if frequency == "one-time", !cycles.isNull {
            throw Refusal.bad("Parameter 'billing_frequency_cycles' must be null when billed one-time")
        }
        if frequency == "weekly", cycles.isNull {
            throw Refusal.bad("Parameter 'billing_frequency_cycles' must not be null when billed weekly")
        }
        if let count = cycles.whole, !(1...mostCycles).contains(count) {
            throw Refusal.bad("Parameter 'billing_frequency_cycles' must be from 1 to \(mostCycles)")
        }
    }

    /// Refuses one recurring line too many; `id` is that of a line which changes.
    func checkRecurringLines(of dealID: Int, with line: JSONObject, id: Int?) throws {
        guard line["billing_frequency"] != "one-time" else { return }
        let others = lines(of: dealID).filter { $0.id != id && $0["billing_frequency"] != "one-time" }
        guard others.count < Self.mostRecurringLines else {
            throw Refusal.bad(
                "Parameter 'billing_frequency': a deal has at most \(Self.mostRecurringLines) recurring products")
        }
    }
}
