/// An ISO 4217 currency code, or a custom code of a Pipedrive account.
public struct Currency: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Upper-case code of three letters or digits.
    public let code: String

    /// Refuses anything but three ASCII letters or digits.
    public init?(_ code: String) {
        // Looked at before upper-casing, which makes two letters of some others.
        guard code.utf8.count == 3, code.utf8.allSatisfy({ $0 < 128 }) else { return nil }
        let upper = code.uppercased()
        guard upper.utf8.allSatisfy({ (65...90).contains($0) || (48...57).contains($0) })
        else { return nil }
        self.code = upper
    }

    private init(unchecked code: String) {
        self.code = code
    }

    /// The currency of most Dutch companies.
    public static let eur = Currency(unchecked: "EUR")
    /// The sample data's second currency.
    public static let usd = Currency(unchecked: "USD")

    /// Digits after the decimal point (ISO 4217, table A.1): 0 for yen, 3 for Gulf dinars, else 2.
    public var decimalDigits: Int {
        switch code {
        case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
            "XOF", "XPF":
            0
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
        default: 2
        }
    }

    /// The code.
    public var description: String { code }

    /// Alphabetical, so that lists have one order.
    public static func < (left: Currency, right: Currency) -> Bool { left.code < right.code }
}
