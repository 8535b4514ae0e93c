/// The currencies the company has switched on, one of them its own.
enum Currencies {
    private static let rows: [(code: String, name: String, symbol: String, decimals: Int, isCustom: Bool)] = [
        ("EUR", "Euro", "€", 2, false), ("USD", "US Dollar", "$", 2, false), ("GBP", "British Pound", "£", 2, false),
        ("JPY", "Japanese Yen", "¥", 0, false), ("PNT", "Spaarpunten", "ptn", 0, true),
    ]

    static let codes = Set(rows.map(\.code))
    static let choices = rows.map { JSON.string($0.code) }

    static let all: [JSON] = rows.enumerated().map { place, row in
        [
            "id": .int(place + 1), "code": .string(row.code), "name": .string(row.name),
            "decimal_points": .int(row.decimals), "symbol": .string(row.symbol), "active_flag": true,
            "is_custom_flag": .bool(row.isCustom),
        ]
    }

    static func symbol(_ code: String) -> String { rows.first { $0.code == code }?.symbol ?? code }

    static func decimals(_ code: String) -> Int { rows.first { $0.code == code }?.decimals ?? 2 }
}
