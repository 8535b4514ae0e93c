/// A text as whole words without case and diacritics, in their order.
struct FoldedWords {
    /// One word or number.
    struct Word: Equatable {
        /// Lower-case letters and digits; a decimal number keeps its mark.
        let text: String
        /// Whether punctuation, or nothing at all, stands before it.
        let startsAnew: Bool
    }

    let words: [Word]

    init(_ text: String) {
        var words: [Word] = []
        var current = ""
        var startsAnew = true
        let characters = Array(text)
        for (index, character) in characters.enumerated() {
            if character == "×" {
                Self.append(&current, &startsAnew, to: &words)
                words.append(Word(text: "x", startsAnew: startsAnew))
                startsAnew = false
            } else if character.isLetter || character.isNumber {
                current += Self.folded(character)
            } else if Self.isDecimalMark(characters, index) {
                current.append(character)
            } else {
                Self.append(&current, &startsAnew, to: &words)
                if !character.isWhitespace { startsAnew = true }
            }
        }
        Self.append(&current, &startsAnew, to: &words)
        self.words = words
    }

    private static func append(_ current: inout String, _ startsAnew: inout Bool, to words: inout [Word]) {
        guard !current.isEmpty else { return }
        words.append(Word(text: current, startsAnew: startsAnew))
        current = ""
        startsAnew = false
    }

    private static func isDecimalMark(_ characters: [Character], _ index: Int) -> Bool {
        guard characters[index] == "." || characters[index] == ",", index > 0, index + 1 < characters.count else {
            return false
        }
        return characters[index - 1].isASCII && characters[index - 1].isNumber && characters[index + 1].isASCII
            && characters[index + 1].isNumber
    }

    /// Lower-case without marks: `É` → `e`, `ß` → `ss`.
    static func folded(_ character: Character) -> String {
        var result = ""
        for scalar in character.lowercased().unicodeScalars where scalar.properties.generalCategory != .nonspacingMark {
            if let plain = letters[scalar] { result += plain } else { result.unicodeScalars.append(scalar) }
        }
        return result
    }

    /// Letters with marks of the Latin alphabets, and what they are without.
    private static let letters: [Unicode.Scalar: String] = {
        let rows: [(String, String)] = [
            ("a", "àáâãäåāăą"), ("c", "çćĉċč"), ("d", "ďđ"), ("e", "èéêëēĕėęě"), ("g", "ĝğġģ"), ("h", "ĥħ"),
            ("i", "ìíîïĩīĭįı"), ("j", "ĵ"), ("k", "ķ"), ("l", "ĺļľŀł"), ("n", "ñńņňŉ"), ("o", "òóôõöøōŏő"),
            ("r", "ŕŗř"), ("s", "śŝşš"), ("t", "ţťŧ"), ("u", "ùúûüũūŭůűų"), ("w", "ŵ"), ("y", "ýÿŷ"), ("z", "źżž"),
            ("ss", "ß"), ("ae", "æ"), ("oe", "œ"), ("ij", "ĳ"),
        ]
        var result: [Unicode.Scalar: String] = [:]
        for (plain, marked) in rows {
            for scalar in marked.unicodeScalars { result[scalar] = plain }
        }
        return result
    }()
}
