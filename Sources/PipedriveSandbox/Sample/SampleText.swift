/// Forms of sample names that fit in addresses.
enum SampleText {
    private static let plain: [Character: String] = [
        "ë": "e", "é": "e", "è": "e", "ê": "e", "ö": "o", "ó": "o", "ø": "o", "ü": "u", "ä": "a", "å": "a", "ç": "c",
        "ï": "i", "ñ": "n", "ł": "l", "ž": "z", "č": "c", "đ": "d", "ß": "ss",
    ]

    /// Lower-case letters and digits with a hyphen between words.
    static func slug(_ text: String) -> String {
        var words: [String] = [""]
        for character in text.lowercased() {
            let part = plain[character] ?? String(character)
            if part.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) }) {
                words[words.count - 1] += part
            } else if !words[words.count - 1].isEmpty {
                words.append("")
            }
        }
        return words.filter { !$0.isEmpty }.joined(separator: "-")
    }
}
