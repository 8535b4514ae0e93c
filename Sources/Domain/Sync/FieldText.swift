/// How a field's value becomes the text that both sides compare, and back.
public enum FieldText {
    /// Entries of a list, one a line: blanks and repeats left out.
    public static func list(_ entries: [String]) -> String {
        var seen: Set<String> = []
        return entries.map { oneLine($0) }.filter { !$0.isEmpty && seen.insert($0).inserted }.joined(separator: "\n")
    }

    /// The entries of a list.
    public static func entries(_ text: String) -> [String] {
        text.split(separator: "\n").map(String.init)
    }

    /// Street, postal code, town and country, a line each; empty without any.
    public static func address(_ address: PostalAddress) -> String {
        let lines = [address.street, address.postalCode, address.city, address.country].map { oneLine($0 ?? "") }
        return lines.allSatisfy(\.isEmpty) ? "" : lines.joined(separator: "\n")
    }

    /// The address of such a text.
    public static func address(_ text: String) -> PostalAddress {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        func part(_ place: Int) -> String? { lines.count > place && !lines[place].isEmpty ? lines[place] : nil }
        return PostalAddress(street: part(0), postalCode: part(1), city: part(2), country: part(3))
    }

    /// Currency and minor units, a line each, by currency.
    public static func prices(_ prices: [Money]) -> String {
        prices.sorted { $0.currency < $1.currency }.map { "\($0.currency.code) \($0.minorUnits)" }
            .joined(separator: "\n")
    }

    /// The prices of such a text.
    public static func prices(_ text: String) -> [Money] {
        entries(text).compactMap { line in
            let parts = line.split(separator: " ")
            guard parts.count == 2, let currency = Currency(String(parts[0])), let units = Int64(parts[1]) else {
                return nil
            }
            return Money(minorUnits: units, currency: currency)
        }
    }

    /// A yes or no.
    public static func flag(_ value: Bool) -> String { value ? "yes" : "no" }

    /// Digits and letters of a registration number, so that `NL 0012.34` and `nl001234` are one; nil for less than
    /// four.
    public static func number(_ text: String) -> String? {
        let kept = String(
            text.uppercased().unicodeScalars.filter {
                $0.isASCII && $0.properties.isAlphabetic || $0.properties.numericType == .decimal
            }.map(Character.init))
        return kept.count >= 4 ? kept : nil
    }

    /// The language that a word or code of a custom field means; nil for what is none of ours.
    public static func language(_ text: String) -> String? {
        let word = text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        switch word {
        case "": return ""
        case "nl", "dutch", "nederlands", "niederländisch", "nl-nl", "nl-be": return "nl"
        case "en", "english", "engels", "englisch", "en-gb", "en-us": return "en"
        case "de", "german", "duits", "deutsch", "de-de", "de-at", "de-ch": return "de"
        default: return nil
        }
    }

    /// As a person reads it in a log: lists with commas, amounts with decimals.
    public static func shown(_ text: String, _ field: SyncField) -> String {
        switch field {
        case .prices:
            return prices(text).map(\.description).joined(separator: ", ")
        case .tax: return Int64(text).map { "\(ScaledDecimal(mantissa: $0, scale: 2)) %" } ?? text
        default: return entries(text).joined(separator: ", ")
        }
    }

    /// Line breaks would be taken for the end of an entry.
    private static func oneLine(_ text: String) -> String {
        let plain = text.contains(where: \.isNewline) ? String(text.map { $0.isNewline ? " " : $0 }) : text
        var trimmed = plain.drop(while: \.isWhitespace)
        while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
        return String(trimmed)
    }
}

extension FieldValues {
    /// What a person of Pipedrive says; the organization is Pipedrive's number.
    public init(_ person: Person) {
        self.init([
            .organization: person.organizationID.map { "\($0)" } ?? "", .emails: FieldText.list(person.emails),
            .phones: FieldText.list(person.phones),
        ])
        self[.name] = Self.filled(person.name)
        self[.language] = person.language.flatMap(FieldText.language)
    }

    /// What an organization of Pipedrive says.
    public init(_ organization: Organization) {
        self.init([.address: FieldText.address(organization.address)])
        self[.name] = Self.filled(organization.name)
        self[.vatNumber] = organization.vatNumber
        self[.kvkNumber] = organization.kvkNumber
        self[.language] = organization.language.flatMap(FieldText.language)
    }

    /// What a product of Pipedrive says, or a variation: that one has no place for a code.
    public init(_ item: CatalogItem) {
        self.init([
            .description: item.description ?? "", .unit: item.unit ?? "",
            .tax: String(item.tax.basisPoints), .prices: FieldText.prices(item.prices.filter { $0.minorUnits >= 0 }),
            .isActive: FieldText.flag(item.isLinkable),
        ])
        self[.name] = Self.filled(item.name)
        if item.id.variation == nil { self[.code] = item.code ?? "" }
    }

    /// What a contact says; `organization` is its organization's id where Pipedrive knows that one, the empty text
    /// where it has none.
    public init(_ details: ContactDetails, organization: String?) {
        self.init([.vatNumber: details.vatNumber ?? "", .kvkNumber: details.kvkNumber ?? ""])
        self[.name] = Self.filled(details.name)
        self[.language] = details.language ?? ""
        if details.kind == .organization {
            self[.address] = FieldText.address(details.address)
        } else {
            self[.organization] = organization
            self[.emails] = FieldText.list(details.emails)
            self[.phones] = FieldText.list(details.phones)
        }
    }

    /// What a product of ours says.
    public init(_ details: ProductDetails) {
        self.init([
            .name: details.name, .code: details.code ?? "", .description: details.description ?? "",
            .unit: details.unit ?? "", .tax: String(details.tax.basisPoints),
            .prices: FieldText.prices(details.prices), .isActive: FieldText.flag(details.isActive),
        ])
    }

    /// A name of blanks says nothing: it neither travels nor is overwritten.
    private static func filled(_ name: String) -> String? {
        name.contains { !$0.isWhitespace } ? name : nil
    }
}
