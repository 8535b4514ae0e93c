import Domain

/// The words by which the catalog is searched for what a deal's texts ask for.
enum CatalogWords {
    private static let most = 200

    /// Lower-case words of two letters or more, each once, in their order.
    static func of(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        var words: [String] = []
        for text in texts {
            for word in text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
                let word = String(word.prefix(60))
                guard word.count > 1, seen.insert(word).inserted else { continue }
                words.append(word)
                if words.count == most { return words }
            }
        }
        return words
    }
}
