/// The field definitions of the pretended company: Pipedrive's own and some custom ones.
enum SampleFields {
    static let all: [Entity: [FieldDefinition]] = [
        .deal: deal, .person: person, .organization: organization, .product: product,
    ]

    private static let deal: [FieldDefinition] =
        builtIn([
            ("ID", "id", "int"), ("Title", "title", "varchar"), ("Value", "value", "monetary"),
            ("Owner", "owner_id", "user"), ("Person", "person_id", "people"), ("Organization", "org_id", "org"),
            ("Pipeline", "pipeline_id", "double"), ("Stage", "stage_id", "stage"), ("Status", "status", "status"),
            ("Expected close date", "expected_close_date", "date"), ("Deal created", "add_time", "date"),
            ("Update time", "update_time", "date"),
        ]) + [
            custom("Leverdatum", 1, "date"), custom("Budget", 2, "monetary"),
            custom("Opmerking voor offerte", 3, "text"),
            custom("Leverwijze", 4, "enum", ["Ophalen", "Bezorgen", "Per post"]),
            custom("Wensen", 5, "set", ["Spoed", "Duurzaam", "In delen"]),
        ]

    private static let person: [FieldDefinition] =
        builtIn([
            ("ID", "id", "int"), ("Name", "name", "varchar"), ("Email", "emails", "varchar"),
            ("Phone", "phones", "phone"), ("Organization", "org_id", "org"), ("Owner", "owner_id", "user"),
            ("Person created", "add_time", "date"), ("Update time", "update_time", "date"),
        ]) + [
            custom("Aanhef", 11, "enum", ["Mevrouw", "De heer", "Geen"]), custom("Functie", 12, "varchar"),
            custom("Taal", 13, "enum", ["Nederlands", "English", "Deutsch", "Français"]),
        ]

    private static let organization: [FieldDefinition] =
        builtIn([
            ("ID", "id", "int"), ("Name", "name", "varchar"), ("Address", "address", "address"),
            ("Owner", "owner_id", "user"), ("Website", "website", "varchar"),
            ("Organization created", "add_time", "date"), ("Update time", "update_time", "date"),
        ]) + [
            custom("Btw-nummer", 21, "varchar"), custom("KvK-nummer", 22, "varchar"),
            custom("Betaaltermijn (dagen)", 23, "double"),
        ]

    private static let product: [FieldDefinition] =
        builtIn([
            ("ID", "id", "int"), ("Name", "name", "varchar"), ("Product code", "code", "varchar"),
            ("Unit", "unit", "varchar"), ("Tax", "tax", "double"), ("Unit prices", "prices", "price_list"),
            ("Category", "category", "varchar_options"), ("Active", "is_linkable", "boolean"),
            ("Update time", "update_time", "date"),
        ]) + [custom("Grootboekrekening", 31, "varchar")]

    /// The code of the custom field with this number: 40 hexadecimal digits that are always the same.
    static func code(_ number: Int) -> String { codes.indices.contains(number) ? codes[number] : makeCode(number) }

    /// Kept because a company with many persons asks for them again and again.
    private static let codes = (0...40).map(makeCode)

    private static func makeCode(_ number: Int) -> String {
        var random = SeededRandom(seed: UInt64(number))
        let digits = Array("0123456789abcdef")
        return String((0..<40).map { _ in random.pick(digits) })
    }

    private static func builtIn(_ rows: [(String, String, String)]) -> [FieldDefinition] {
        rows.map { FieldDefinition(name: $0.0, code: $0.1, type: $0.2) }
    }

    private static func custom(_ name: String, _ number: Int, _ type: String, _ options: [String] = [])
        -> FieldDefinition
    {
        let colors = ["green", "blue", "yellow", "purple"]
        let list = options.enumerated().map { place, label in
            FieldDefinition.Option(id: number * 10 + place + 1, label: label, color: colors[place % colors.count])
        }
        return FieldDefinition(name: name, code: code(number), type: type, options: list, isCustom: true)
    }
}
