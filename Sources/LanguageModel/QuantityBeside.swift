import Domain

/// Reads how many are meant from the words next to a match: `3x`, `3 ×`, `12 uur`, `x 4`, or a number that opens
/// the phrase. Anything else is one.
struct QuantityBeside {
    private let words: [FoldedWords.Word]

    init(_ text: FoldedWords) {
        words = text.words
    }

    /// The quantity beside the words at these places, in order.
    func quantity(at places: [Int]) -> Quantity {
        guard let first = places.first, let last = places.last else { return .one }
        return before(first) ?? after(last) ?? .one
    }

    private func before(_ first: Int) -> Quantity? {
        var index = first - 1
        // `3 uur van het advies`: small words may stand between.
        while index >= 0, Self.linkingWords.contains(words[index].text), !words[index + 1].startsAnew {
            index -= 1
        }
        guard index >= 0, !words[index + 1].startsAnew else { return nil }
        if let counted = counted(words[index].text) { return counted }
        if Self.units.contains(words[index].text), index > 0, !words[index].startsAnew {
            return number(words[index - 1].text)
        }
        // A bare number only where the phrase begins: in `project 42 website` it is a name.
        guard index == first - 1, opensPhrase(index) else { return nil }
        return number(words[index].text)
    }

    private func after(_ last: Int) -> Quantity? {
        let index = last + 1
        guard index < words.count else { return nil }
        let word = words[index].text
        if let counted = counted(word) ?? (word.hasPrefix("x") ? number(String(word.dropFirst())) : nil) {
            return endsPhrase(index) ? counted : nil
        }
        guard index + 1 < words.count, !words[index + 1].startsAnew, endsPhrase(index + 1) else { return nil }
        if word == "x" { return number(words[index + 1].text) }
        return Self.units.contains(words[index + 1].text) ? number(word) : nil
    }

    /// Else the number belongs to the word that follows: in `advies 3x onderhoud` it is not the advice's.
    private func endsPhrase(_ index: Int) -> Bool {
        index + 1 == words.count || words[index + 1].startsAnew
            || CatalogMatching.stopWords.contains(words[index + 1].text)
    }

    private func opensPhrase(_ index: Int) -> Bool {
        words[index].startsAnew || (index > 0 && CatalogMatching.stopWords.contains(words[index - 1].text))
    }

    /// `3x`, `12u`, `8h`: the unit grown on to the number.
    private func counted(_ word: String) -> Quantity? {
        let digits = word.prefix { $0.isNumber || $0 == "." || $0 == "," }
        guard !digits.isEmpty, ["x", "u", "h", "st"].contains(word.dropFirst(digits.count)) else { return nil }
        return number(String(digits))
    }

    /// Between nothing and ten thousand; more than that is a mistake, or somebody's joke.
    private func number(_ word: String) -> Quantity? {
        if let spoken = SpokenNumbers.words[word] { return Quantity(tenThousandths: spoken) }
        let marks = word.filter { $0 == "." || $0 == "," }
        var plain = word.replacing(",", with: ".")
        // A mark before exactly three digits groups thousands, as in `1.000 stuks`.
        if let mark = plain.lastIndex(of: "."), marks.count > 1 || plain.distance(from: mark, to: plain.endIndex) == 4 {
            plain = plain.filter { $0 != "." }
        }
        guard plain.utf8.count <= 12, let value = ScaledDecimal(plain).flatMap(Quantity.init),
            (1...100_000_000).contains(value.tenThousandths)
        else { return nil }
        return value
    }

    private static let linkingWords: Set<String> = [
        "van", "the", "de", "het", "of", "von", "der", "die", "das", "aan", "voor", "for", "fur",
    ]

    private static let units: Set<String> = [
        "x", "keer", "maal", "times", "mal", "stuk", "stuks", "st", "pcs", "pieces", "stuck", "stucke", "uur", "uren",
        "u", "h", "hour", "hours", "stunde", "stunden", "std", "dag", "dagen", "day", "days", "tag", "tage", "dagdeel",
        "dagdelen", "maand",
        "maanden", "month", "months", "monat", "monate", "jaar", "year", "years", "jahr", "jahre",
    ]
}
