import Domain

/// Finds catalog products in free text by whole words, and abstains where it is not clear.
struct CatalogMatching {
    /// A product that a text asks for.
    struct Match: Equatable {
        let productID: Product.ID
        let quantity: Quantity
        /// Which of the texts names it.
        let text: Int
    }

    /// A product with the words it is known by.
    private struct Entry {
        let id: Product.ID
        let sortKey: String
        let nameWords: [String]
        let codeWords: [String]
    }

    /// A product found in a text, at these places.
    private struct Candidate {
        let entry: Entry
        /// Share of the name's words that stand in the text, in thousandths; a code counts as more than any name.
        let score: Int
        let places: [Int]
    }

    /// Below two thirds of a name's words it could be anything.
    private static let threshold = 666

    private let entries: [Entry]

    init(_ catalog: [Product]) {
        entries = catalog.filter(\.details.isActive).map { product in
            Entry(
                id: product.id, sortKey: "\(product.details.name)\u{0}\(product.id.text)",
                nameWords: Self.telling(FoldedWords(product.details.name)),
                codeWords: FoldedWords(product.details.code ?? "").words.map(\.text))
        }
    }

    /// Matches in the order of the texts and of the words in them; each product at most once.
    func matches(in texts: [String]) -> [Match] {
        var result: [Match] = []
        for (number, text) in texts.enumerated() {
            let words = FoldedWords(text)
            for candidate in chosen(words).sorted(by: { ($0.places.first ?? 0) < ($1.places.first ?? 0) }) {
                guard !result.contains(where: { $0.productID == candidate.entry.id }) else { continue }
                let quantity = QuantityBeside(words).quantity(at: candidate.places)
                result.append(Match(productID: candidate.entry.id, quantity: quantity, text: number))
            }
        }
        return result
    }

    /// The best candidates whose words no better one has taken; equally good ones over the same words are all left.
    private func chosen(_ words: FoldedWords) -> [Candidate] {
        var taken: Set<Int> = []
        var result: [Candidate] = []
        let ranked = entries.compactMap { candidate($0, words) }.sorted(by: Self.isBetter)
        for candidate in ranked where taken.isDisjoint(with: candidate.places) {
            taken.formUnion(candidate.places)
            let rivals = ranked.filter { other in
                other.score == candidate.score && other.places.count == candidate.places.count
                    && !Set(other.places).isDisjoint(with: candidate.places)
            }
            if rivals.count == 1 { result.append(candidate) }
        }
        return result
    }

    private static func isBetter(_ left: Candidate, _ right: Candidate) -> Bool {
        if left.score != right.score { return left.score > right.score }
        if left.places.count != right.places.count { return left.places.count > right.places.count }
        return left.entry.sortKey < right.entry.sortKey
    }

    private func candidate(_ entry: Entry, _ words: FoldedWords) -> Candidate? {
        let texts = words.words.map(\.text)
        if let start = Self.start(of: entry.codeWords, in: texts) {
            return Candidate(entry: entry, score: 2000, places: Array(start..<start + entry.codeWords.count))
        }
        guard !entry.nameWords.isEmpty else { return nil }
        // Words in a row belong together: in `laptop 14 inch, monitor 27 inch` each has an inch of its own.
        if entry.nameWords.count > 1, let start = Self.start(of: entry.nameWords, in: texts) {
            return Candidate(entry: entry, score: 1000, places: Array(start..<start + entry.nameWords.count))
        }
        var places: [Int] = []
        for word in entry.nameWords {
            guard let place = texts.indices.first(where: { texts[$0] == word && !places.contains($0) }) else {
                continue
            }
            places.append(place)
        }
        let score = places.count * 1000 / entry.nameWords.count
        return score >= Self.threshold ? Candidate(entry: entry, score: score, places: places.sorted()) : nil
    }

    /// Where the code stands as a whole; codes of fewer than three characters could be any word.
    private static func start(of code: [String], in texts: [String]) -> Int? {
        guard !code.isEmpty, code.joined().count >= 3, texts.count >= code.count else { return nil }
        return (0...texts.count - code.count).first { Array(texts[$0..<$0 + code.count]) == code }
    }

    /// The words that say something: no stop words, none of one letter, each once.
    private static func telling(_ words: FoldedWords) -> [String] {
        var result: [String] = []
        for word in words.words.map(\.text) where word.count > 1 && !stopWords.contains(word) {
            if !result.contains(word) { result.append(word) }
        }
        return result
    }

    /// Dutch, English and German words that stand in every second title.
    static let stopWords: Set<String> = [
        "de", "het", "een", "en", "of", "van", "voor", "met", "bij", "op", "in", "aan", "te", "om", "per", "naar",
        "uit",
        "the", "an", "and", "or", "for", "of", "with", "at", "on", "to", "by", "from", "new", "nieuwe", "nieuw", "neue",
        "der", "die", "das", "ein", "eine", "und", "oder", "fur", "mit", "von", "zu", "im", "am", "deal",
    ]
}
