import Domain

/// Finds text that gives orders to a machine, in Dutch, English and German.
///
/// A net with holes: prices, recipients and products are kept safe by code that reads no text. This only keeps the words
/// of such orders out of what a customer reads.
enum CommandWords {
    /// Whether the text orders a model about, or pretends to be part of a conversation with one.
    static func stand(in text: String) -> Bool {
        let plain = folded(text)
        return hasMixedScripts(text) || steers(plain) || asks(plain)
    }

    /// Whether the text speaks to a machine: what nobody writes to a colleague or a customer.
    static func steer(_ text: String) -> Bool {
        hasMixedScripts(text) || steers(folded(text))
    }

    private static func steers(_ plain: String) -> Bool {
        markers.contains(where: plain.contains) || steering.contains { plain.contains($0) }
    }

    private static func asks(_ plain: String) -> Bool { asking.contains { plain.contains($0) } }

    /// The sentences of a text, each with whether it gives orders. An order over two sentences makes both one.
    static func sentences(of text: String) -> [(text: String, isOrder: Bool, isSteering: Bool)] {
        let parts = text.split { ".!?;\n\r".contains($0) }.map(String.init)
        let whole = steer(text)
        return parts.indices.map { index in
            let pair = parts[max(0, index - 1)...min(parts.count - 1, index + 1)].joined(separator: " ")
            // Where the whole text speaks to no machine, none of its sentences does.
            let isSteering = whole && (steer(parts[index]) || steer(pair))
            return (parts[index], isSteering || asks(folded(parts[index])), isSteering)
        }
    }

    // Signs of prompts, answers and mail headers.
    private static let markers = [
        "<|", "|>", "[inst]", "[/inst]", "```", "{\"", "\"}", "\"]", "<<sys", "begin system", "end of prompt",
        "jailbreak",
        "bcc:", "cc:", "<script", "prompt injection", "\"role\"", "tool_call", "function_call",
    ]

    private nonisolated(unsafe) static let steering: [Regex<Substring>] = [
        #/\b(?:ignore|ignores|disregard|override|bypass|forget|negeer|vergeet|overschrijf|omzeil|ignorier\w*|vergiss|vergesst|missacht\w*|umgeh\w*|uberschreib\w*)\b\W+(?:\w+\W+){0,5}(?:instruct\w*|anweisung\w*|regel\w*|rules?|prompt\w*|previous|prior|above|earlier|vorige|eerdere|bovenstaande|voorgaande|bisherig\w*|obig\w*|vorherig\w*|alles|everything|checks?|catalog\w*|schema|prijs\w*|price\w*|preis\w*|limit\w*)/#,
        #/\b(?:system|assistant|developer|user|systeem|assistent)\s*(?:\]|>|:|\|)/#,
        #/\b(?:system|systeem|ontwikkelaars?|developer|admin\w*)[ -]?(?:prompt|message|bericht|nachricht|meldung|modus|mode|override|instruct\w*|anweisung)/#,
        #/\b(?:as an ai|als ai|als ki|language model|taalmodel|sprachmodell|chatgpt|openai|gpt-?\d|llm|you are now|je bent nu|du bist jetzt|dan mode)\b/#,
        #/\b(?:other|andere?r?n?|all|alle|every|elke|jede\w*|list|lijst|liste|show|toon|zeige?|geef|give|print|reveal|export\w*)\b\W+(?:\w+\W+){0,4}(?:customers?|klant\w*|kunden?\w*|clients?|companies|bedrijven|firmen)\b\W*(?:\w+\W+){0,3}(?:data|gegevens|daten|prices?|prijzen|preise|lists?|lijst|liste|e-?mail\w*|adres\w*|addresses|names?|namen|secrets?|geheim\w*|tokens?|keys?)/#,
        #/\b(?:reveal|print|show|toon|zeige?|repeat|herhaal|output)\b\W+(?:\w+\W+){0,4}(?:prompt|instruct\w*|anweisung\w*|api.?key|token|secret|password|wachtwoord|passwort|database)/#,
        #/\b(?:mark|markeer|markiere)\b\W+(?:\w+\W+){0,4}(?:sent|verzonden|gesendet|accepted|geaccepteerd|akzeptiert|paid|betaald|bezahlt)\b/#,
        #/\b(?:new|nieuwe|neue)\W+(?:instruct\w*|anweisung\w*)\b/#,
    ]

    // Also said among people: of prices, of sending, of answering.
    private nonisolated(unsafe) static let asking: [Regex<Substring>] = [
        #/\b(?:set|zet|setze?|change|wijzig|verander|andere|aendere|make|maak|mach\w*|geef|give|gib|reken|berechne|charge|use|gebruik|verwende|nutze|apply|pas)\b\W+(?:\w+\W+){0,6}(?:price\w*|prijs\w*|prijzen|preis\w*|tax|vat|btw|mwst|ust|steuer|discount|korting|rabatt|total|totaal\w*|gesamt\w*|unit_price)\b/#,
        #/\b(?:price\w*|prijs|prijzen|preis\w*|unit_price|total|totaal|btw|mwst|vat)\b\W*(?:\w+\W+){0,4}?(?:\b0\b|0[.,]0|\bzero\b|\bnul\b|\bnull\b|\bfree\b|\bgratis\b|\bkostenlos\b|\bumsonst\b)/#,
        #/\b(?:you must|you have to|je moet|jij moet|u dient|du musst|sie mussen|please|bitte|alsjeblieft|gelieve)\b\W+(?:\w+\W+){0,4}(?:now|answer|antwoord\w*|reply|respond|output|print|obey|comply|gehoorzaam\w*|gehorch\w*|repeat|herhaal|wiederhol\w*|reveal|toon|zeige?|approve|accept|confirm)\b/#,
        #/\b(?:send|verstuur|stuur|zend|sende|schicke?|versende|verschick\w*|forward|mail|leite)\b\W+(?:\w+\W+){0,6}(?:quote|offerte|angebot|e-?mail|mail|copy|kopie|data|gegevens|daten|list|lijst|liste|immediately|meteen|direct|sofort|automati\w*|naar|nach)\b/#,
    ]

    /// Lower case without marks and invisible signs; full-width and look-alike letters become plain ones.
    static func folded(_ text: String) -> String {
        var result = ""
        for character in CustomerWording.oneLine(text) {
            for scalar in FoldedWords.folded(character).unicodeScalars {
                if let wide = Unicode.Scalar(scalar.value &- 0xFEE0), (0xFF01...0xFF5E).contains(scalar.value) {
                    result += String(wide).lowercased()
                } else if let plain = lookAlikes[scalar] {
                    result.append(plain)
                } else if (0x1D400...0x1D7FF).contains(scalar.value) {
                    // Mathematical letters: 13 alphabets of 52 from bold on.
                    let place = (scalar.value - 0x1D400) % 26
                    result.unicodeScalars.append(Unicode.Scalar(UInt8(97 + place)))
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }

    private static let lookAlikes: [Unicode.Scalar: Character] = [
        "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "i", "ѕ": "s", "ј": "j", "ԁ": "d",
        "ո": "n", "ɡ": "g", "ı": "i", "ο": "o", "α": "a", "ν": "v", "ρ": "p", "τ": "t", "ι": "i", "κ": "k",
    ]

    /// Whether letters stand there that look like others: full-width, mathematical, or of another alphabet inside a word.
    static func hidesLetters(_ text: String) -> Bool {
        hasMixedScripts(text)
            || text.unicodeScalars.contains {
                (0xFF01...0xFF5E).contains($0.value) || (0x1D400...0x1D7FF).contains($0.value)
            }
    }

    /// A word of Latin letters with Cyrillic or Greek ones among them is a disguise.
    private static func hasMixedScripts(_ text: String) -> Bool {
        text.split { !$0.isLetter }.contains { word in
            let scalars = word.unicodeScalars.map(\.value)
            return scalars.contains { (0x41...0x17F).contains($0) }
                && scalars.contains { (0x370...0x3FF).contains($0) || (0x400...0x52F).contains($0) }
        }
    }
}
