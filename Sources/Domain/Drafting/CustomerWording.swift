/// Makes text from a deal fit for a customer's eyes: one plain line without links, markup or amounts.
public enum CustomerWording {
    /// The text in one line, cut at a word; words that would become a link, and amounts of money, are left out.
    ///
    /// A deal's title often holds what the seller hopes for ("Website Jansen €5000"); that is not for the customer.
    public static func plain(_ text: String, atMost length: Int) -> String {
        let words = withoutAmounts(withoutTags(text).split(separator: " ").flatMap(withoutLink))
        var result = ""
        for word in words {
            let longer = result.isEmpty ? word : "\(result) \(word)"
            guard longer.count <= length else { break }
            result = longer
        }
        if result.isEmpty, let first = words.first { result = String(first.prefix(length)) }
        return trimmed(result)
    }

    /// The text with its line breaks, without other control characters and invisible ones.
    public static func visible(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if scalar == "\n" || scalar == "\t" {
                result.unicodeScalars.append(scalar)
                continue
            }
            switch scalar.properties.generalCategory {
            case .control, .format, .privateUse, .surrogate, .unassigned: continue
            case .lineSeparator, .paragraphSeparator: result += "\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The text without line breaks, control characters and invisible ones, single blanks between its words.
    public static func oneLine(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator: result += " "
            case .format, .privateUse, .surrogate, .unassigned: continue
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result.split(separator: " ").joined(separator: " ")
    }

    /// A product's name in one line, without markup and without words that are a link; everything else is left as it is.
    ///
    /// Unlike `plain` it keeps amounts and domain names: `Voucher 50 euro` and `Domein .nl` are what is sold.
    public static func name(_ text: String, atMost length: Int) -> String {
        let words = withoutTags(text).split(separator: " ").filter { !isLink($0.lowercased()) }
        return String(words.joined(separator: " ").prefix(length))
    }

    /// Whether a word would be a link or an address to a mail program.
    public static func isLink(_ word: String) -> Bool {
        let lower = word.lowercased()
        return lower.contains("://") || lower.contains("www.") || lower.contains(#/[^@\s]@[^@\s]/#)
            || schemes.contains(where: lower.contains)
    }

    /// Whether the text speaks of an amount of money.
    public static func holdsAmount(_ text: String) -> Bool {
        let words = oneLine(text).split(separator: " ").map(String.init)
        return withoutAmounts(words).count != words.count
    }

    /// Whether the text holds anything that a browser or a mail program takes for markup.
    public static func holdsMarkup(_ text: String) -> Bool { text.contains("<") || text.contains(">") }

    private static let schemes = ["http:", "https:", "ftp:", "mailto:", "tel:", "javascript:", "data:", "file:"]

    private static func withoutTags(_ text: String) -> String {
        let line = oneLine(text).replacing(#/<[^<>]*>/#, with: " ")
        return line.filter { $0 != "<" && $0 != ">" }
    }

    /// Nothing for a link or an e-mail address; a bare domain name loses its dots, so that no mail program links it.
    private static func withoutLink(_ word: Substring) -> [String] {
        let lower = word.lowercased()
        if isLink(lower) || lower.contains("@") { return [] }
        guard lower.contains(#/[\p{L}\d]\.\p{L}{2,}/#) else { return [String(word)] }
        if lower.contains("/") { return [] }
        return word.split(separator: ".").map(String.init)
    }

    private static func withoutAmounts(_ words: [String]) -> [String] {
        var result: [String] = []
        var index = 0
        while index < words.count {
            let word = words[index]
            let next = index + 1 < words.count ? words[index + 1] : ""
            if isAmount(word) {
                index += isCurrency(next) ? 2 : 1
            } else if (isNumber(word) && isCurrency(next)) || (isCurrency(word) && isNumber(next)) {
                index += 2
            } else {
                result.append(word)
                index += 1
            }
        }
        return result
    }

    /// A currency sign and digits in one word, `€5000` or `5000eur`.
    private static func isAmount(_ word: String) -> Bool {
        guard word.contains(where: \.isNumber) else { return false }
        if word.contains(where: \.isCurrencySymbol) { return true }
        return word.lowercased().wholeMatch(
            of: #/\W*(eur|euros?|usd|gbp)?[\d.,]+(-|k)?(eur|euros?|usd|gbp|dollars?)\W*/#)
            != nil
    }

    private static func isNumber(_ word: String) -> Bool {
        word.lowercased().wholeMatch(of: #/\(?[\d.,]*\d[\d.,]*(-|k)?\)?[.,;:]?/#) != nil
    }

    private static func isCurrency(_ word: String) -> Bool {
        if !word.isEmpty, word.allSatisfy(\.isCurrencySymbol) { return true }
        let bare = word.lowercased().filter(\.isLetter)
        return currencyWords.contains(bare) && !word.contains(where: \.isNumber)
    }

    private static let currencyWords: Set<String> = [
        "euro", "euros", "eur", "cent", "cents", "usd", "dollar", "dollars", "gbp", "pond", "pound", "pounds", "pfund",
        "chf", "franken",
    ]

    /// Without the punctuation that is left over where words were taken out.
    private static func trimmed(_ text: String) -> String {
        let loose: Set<Character> = [" ", ",", ";", ":", "-", "–", "—", "|", "/", "+", "&"]
        var rest = text.drop { loose.contains($0) }
        while let last = rest.last, loose.contains(last) { rest.removeLast() }
        return String(rest)
    }
}
