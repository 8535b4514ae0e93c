import Domain

/// Which of the product's three languages a text is in, by the small words that each has of its own.
enum LanguageGuess {
    /// `nl`, `en` or `de`; nil when too little speaks for one of them.
    static func language(of text: String) -> String? {
        var counts: [String: Int] = [:]
        for word in FoldedWords(text).words {
            for (language, words) in smallWords where words.contains(word.text) { counts[language, default: 0] += 1 }
        }
        let ranked = counts.sorted { ($0.value, $0.key) > ($1.value, $1.key) }
        guard let best = ranked.first, best.value >= 2, ranked.count < 2 || ranked[1].value < best.value else {
            return nil
        }
        return best.key
    }

    private static let smallWords: [String: Set<String>] = [
        "nl": [
            "de", "het", "een", "en", "van", "voor", "met", "wij", "we", "u", "uw", "ons", "onze", "hierbij",
            "ontvangt", "graag", "beste", "geachte", "bij", "dit", "deze", "dat", "zijn", "wordt", "naar", "heeft",
            "kunt", "vragen", "vriendelijke", "groet", "groeten", "dank", "offerte", "aanvraag", "niet", "ook", "te",
            "hartelijk", "vindt", "bijlage", "mijn", "laat", "weten",
        ],
        "en": [
            "the", "and", "of", "for", "with", "you", "your", "our", "please", "dear", "hello", "thank", "this", "that",
            "quote", "find", "have", "will", "would", "if", "any", "questions", "know", "let", "regards", "kind",
            "are", "not", "be", "as", "to", "us", "your", "request", "attached", "message", "from",
        ],
        "de": [
            "der", "die", "das", "und", "fur", "mit", "sie", "ihr", "ihre", "ihren", "wir", "uns", "unser", "unsere",
            "anbei", "erhalten", "sehr", "geehrte", "geehrter", "guten", "tag", "vielen", "dank", "bitte", "nicht",
            "auch", "zu", "im", "ein", "eine", "angebot", "grussen", "freundlichen", "fragen", "ihrer", "den", "von",
            "ist", "auf", "bei", "melden",
        ],
    ]
}

/// The numbers that a text speaks of, in digits or words.
enum SpokenNumbers {
    /// Whether the text speaks of this number.
    static func stands(_ quantity: Quantity, in text: String) -> Bool {
        FoldedWords(text).words.contains { readings(of: $0.text).contains(quantity.tenThousandths) }
    }

    /// A mark before three digits may group thousands or begin decimals: both count.
    private static func readings(of word: String) -> Set<Int64> {
        if let number = words[word] { return [number] }
        let digits = word.prefix { $0.isNumber || $0 == "." || $0 == "," }
        guard !digits.isEmpty, digits.utf8.count <= 14 else { return [] }
        let candidates = [digits.replacing(",", with: "."), digits.filter { $0 != "." && $0 != "," }]
        return Set(candidates.compactMap { ScaledDecimal(String($0)).flatMap(Quantity.init)?.tenThousandths })
    }

    /// What numbers are called, in ten-thousandths.
    static let words: [String: Int64] = {
        let rows: [(Double, String)] = [
            (0.5, "half halve halb halbe halber halbes"), (1.5, "anderhalf anderhalve anderthalb"),
            (2, "two twee zwei beide both pair paar"), (3, "three drie drei"), (4, "four vier"), (5, "five vijf funf"),
            (6, "six zes sechs"), (7, "seven zeven sieben"), (8, "eight acht"), (9, "nine negen neun"),
            (10, "ten tien zehn"), (11, "eleven elf"), (12, "twelve twaalf zwolf dozen dozijn dutzend"),
            (13, "thirteen dertien dreizehn"), (14, "fourteen veertien vierzehn"), (15, "fifteen vijftien funfzehn"),
            (16, "sixteen zestien sechzehn"), (17, "seventeen zeventien siebzehn"),
            (18, "eighteen achttien achtzehn"), (19, "nineteen negentien neunzehn"), (20, "twenty twintig zwanzig"),
            (24, "vierentwintig vierundzwanzig"), (25, "vijfentwintig funfundzwanzig"), (30, "thirty dertig dreissig"),
            (40, "forty veertig vierzig"), (50, "fifty vijftig funfzig"), (100, "hundred honderd hundert"),
        ]
        var result: [String: Int64] = [:]
        for (number, names) in rows {
            for name in names.split(separator: " ") { result[String(name)] = Int64(number * 10_000) }
        }
        return result
    }()
}
