/// Amounts as people in the Netherlands write them.
enum Money {
    /// `€ 1.234,50`; the currency decides the decimals.
    static func text(_ amount: Double, _ currency: String) -> String {
        "\(Currencies.symbol(currency)) \(number(amount, decimals: Currencies.decimals(currency)))"
    }

    static func number(_ amount: Double, decimals: Int) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let units = Int((abs(amount) * scale).rounded())
        var whole = String(units / Int(scale))
        var groups: [String] = []
        while whole.count > 3 {
            groups.insert(String(whole.suffix(3)), at: 0)
            whole = String(whole.dropLast(3))
        }
        let integer = ([whole] + groups).joined(separator: ".")
        let sign = amount < 0 && units > 0 ? "-" : ""
        if decimals == 0 { return sign + integer }
        let fraction = String(units % Int(scale))
        return "\(sign)\(integer),\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
    }

    /// A quantity or percentage with no more decimals than it needs.
    static func short(_ amount: Double) -> String {
        amount.rounded() == amount ? String(Int(amount)) : number(amount, decimals: 2)
    }
}
