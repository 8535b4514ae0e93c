import Domain

/// Whether what a model names as evidence really stands in a deal, and asks for something.
struct EvidenceCheck {
    /// What there is to say of a piece of evidence.
    enum Verdict: Equatable {
        /// It stands in this text.
        case stands(in: String)
        /// It stands nowhere.
        case missing
        /// It is too short or too long to say anything.
        case length
        /// It stands in a sentence that gives orders to a machine.
        case order
    }

    private let texts: [(plain: String, sentences: [(text: String, isOrder: Bool, isSteering: Bool)])]

    init(_ texts: [String]) {
        self.texts = texts.map { text in
            let sentences = CommandWords.sentences(of: text).map {
                (text: Self.plain($0.text), isOrder: $0.isOrder, isSteering: $0.isSteering)
            }
            return (Self.plain(text), sentences)
        }
    }

    private static let lengths = 3...300

    /// `names` are the product's: what people say of prices, sending and addresses may ask for it, if it names it.
    func verdict(on evidence: String, naming names: [String]) -> Verdict {
        let plain = Self.plain(evidence)
        guard Self.lengths.contains(plain.count) else { return .length }
        let found = texts.filter { $0.plain.contains(plain) }
        guard let first = found.first else { return .missing }
        // It may stand in several texts; one where it is no order is enough.
        let fit = found.first { text in
            text.sentences.filter { $0.text.contains(plain) || plain.contains($0.text) }
                .allSatisfy { sentence in
                    let isSuspect = sentence.isOrder || CustomerTextCheck.holdsPlace(sentence.text)
                    return !sentence.isSteering && (!isSuspect || Self.speaks(sentence.text, of: names))
                }
        }
        guard fit != nil, !CommandWords.steer(evidence) else { return .order }
        return .stands(in: fit?.plain ?? first.plain)
    }

    /// Case and blanks do not matter.
    private static func plain(_ text: String) -> String {
        CustomerWording.oneLine(text).lowercased()
    }

    /// Whether a word of the sentence begins like one of the names' telling words.
    private static func speaks(_ sentence: String, of names: [String]) -> Bool {
        let told = Set(names.flatMap { FoldedWords($0).words.map(\.text) }.filter { $0.count > 3 }.map { $0.prefix(5) })
        return FoldedWords(sentence).words.contains { word in told.contains { word.text.hasPrefix($0) } }
    }
}

/// What may not stand in a text that a customer reads, whoever wrote it.
struct CustomerTextCheck {
    private let trusted: String
    private let trustedWords: Set<String>
    private let orders: Set<String>

    /// - Parameters:
    ///   - trusted: the company's own words, whose links and amounts may be repeated.
    ///   - foreign: what others typed, whose orders may not.
    init(trusted: [String], foreign: [String]) {
        self.trusted = CommandWords.folded(trusted.joined(separator: "\n"))
        trustedWords = Set(trusted.flatMap { $0.split(whereSeparator: \.isWhitespace).map { Self.bare($0) } })
        orders = Set(
            foreign.flatMap { text in
                let sentences = CommandWords.sentences(of: text)
                return sentences.filter(\.isOrder).flatMap { Self.runs(of: $0.text) }
            })
    }

    /// What is wrong with the text, as ends of sentences.
    func problems(in text: String) -> [String] {
        var problems: [String] = []
        if CustomerWording.visible(text) != text || CommandWords.hidesLetters(text) {
            problems.append("holds signs that hide what they are")
        }
        if CustomerWording.holdsMarkup(text) || text.contains("](") || text.contains("```") {
            problems.append("holds markup")
        }
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        if words.contains(where: { Self.isAddress($0) && !trustedWords.contains(Self.bare($0[...])) }) {
            problems.append("holds a link or an address")
        }
        if holdsNumbers(text) { problems.append("holds a telephone or account number") }
        let isPriced = CustomerWording.holdsAmount(text) || text.contains(#/\d\s*%/#) || text.contains("‰")
        if isPriced, !isTrusted(text) { problems.append("speaks of an amount or a percentage") }
        let plain = CommandWords.folded(text)
        if let promise = plain.firstMatch(of: Self.promises)?.0, !trusted.contains(promise) {
            problems.append("promises a price")
        }
        if CommandWords.steer(text) || !orders.isDisjoint(with: Self.runs(of: text)) {
            problems.append("repeats orders that stand in the deal")
        }
        return problems
    }

    /// Whether a link, an address, a telephone or an account number stands there.
    static func holdsPlace(_ text: String) -> Bool {
        text.split(whereSeparator: \.isWhitespace).contains { isAddress(String($0)) } || text.contains(numbers)
    }

    /// A short text that the company itself wrote, such as a product's name with an amount in it.
    private func isTrusted(_ text: String) -> Bool { trusted.contains(CommandWords.folded(text)) }

    private func holdsNumbers(_ text: String) -> Bool {
        let found = text.matches(of: Self.numbers)
        return found.contains { !trusted.contains(CommandWords.folded(String($0.output))) }
    }

    private nonisolated(unsafe) static let numbers =
        #/\d{7,}|\d(?:[\s\-.\/()]{0,2}\d){8,}|[A-Za-z]{2}\d{2}(?:\s?[A-Za-z]{4})?(?:\s?\d{4}){2,}/#

    /// Without the punctuation around it.
    private static func bare(_ word: Substring) -> String {
        let loose: Set<Character> = [".", ",", ";", ":", "!", "?", "(", ")", "[", "]", "\"", "'", "“", "”", "„"]
        var rest = word.drop { loose.contains($0) }
        while let last = rest.last, loose.contains(last) { rest.removeLast() }
        return rest.lowercased()
    }

    private static func isAddress(_ word: String) -> Bool {
        let folded = CommandWords.folded(word)
        return CustomerWording.isLink(folded) || folded.contains("@") || folded.contains("[at]")
            || folded.contains("hxxp") || folded.contains(#/[\p{L}\d]\.\p{L}{2,}/#)
            || folded.contains(#/\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}/#)
    }

    private nonisolated(unsafe) static let promises =
        #/\b(?:gratis|kosteloos|kosteloze|kostenlos\w*|kostenfrei\w*|umsonst|free of charge|for free|at no cost|no charge|korting\w*|discount\w*|rabatt\w*|nachlass\w*)\b/#

    /// Every four words in a row.
    private static func runs(of text: String) -> [String] {
        let words = FoldedWords(CommandWords.folded(text)).words.map(\.text)
        guard words.count >= runLength else { return [] }
        return (0...words.count - runLength).map { words[$0..<$0 + runLength].joined(separator: " ") }
    }

    private static let runLength = 4
}
