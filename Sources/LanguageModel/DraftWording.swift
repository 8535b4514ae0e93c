import Domain

/// The fixed sentences of the built-in drafter, in the three languages of the product.
struct DraftWording {
    private enum Language: String {
        case dutch = "nl"
        case english = "en"
        case german = "de"
    }

    private let language: Language

    /// Takes `nl`, `en` or `de`; anything else is written in English.
    init(language: String) {
        self.language = Language(rawValue: language) ?? .english
    }

    /// What stands on the line when not even the deal has a title.
    var unnamedNeed: String {
        switch language {
        case .dutch: "Werkzaamheden in overleg"
        case .english: "Work to be agreed"
        case .german: "Leistung nach Absprache"
        }
    }

    /// Subject and body; an empty title or name is worded around.
    func email(title: String, person: String, company: String) -> EmailText {
        let paragraphs = [
            greeting(person), opening(title), "\(closing)", company.isEmpty ? signature : "\(signature)\n\(company)",
        ]
        return EmailText(subject: subject(title, company), body: paragraphs.joined(separator: "\n\n"))
    }

    private func subject(_ title: String, _ company: String) -> String {
        let word =
            switch language {
            case .dutch: "Offerte"
            case .english: "Quote"
            case .german: "Angebot"
            }
        if !title.isEmpty { return "\(word): \(title)" }
        return company.isEmpty ? word : "\(word) – \(company)"
    }

    private func greeting(_ person: String) -> String {
        switch language {
        case .dutch: person.isEmpty ? "Geachte heer, mevrouw," : "Beste \(person),"
        case .english: person.isEmpty ? "Hello," : "Dear \(person),"
        case .german: person.isEmpty ? "Sehr geehrte Damen und Herren," : "Guten Tag \(person),"
        }
    }

    private func opening(_ title: String) -> String {
        switch language {
        case .dutch:
            title.isEmpty
                ? "Hartelijk dank voor uw belangstelling. Hierbij ontvangt u onze offerte."
                : "Hartelijk dank voor uw belangstelling. Hierbij ontvangt u onze offerte voor “\(title)”."
        case .english:
            title.isEmpty
                ? "Thank you for your interest. Please find our quote with this message."
                : "Thank you for your interest. Please find our quote for “\(title)” with this message."
        case .german:
            title.isEmpty
                ? "Vielen Dank für Ihr Interesse. Anbei erhalten Sie unser Angebot."
                : "Vielen Dank für Ihr Interesse. Anbei erhalten Sie unser Angebot für „\(title)“."
        }
    }

    private var closing: String {
        switch language {
        case .dutch: "Heeft u vragen, of wilt u iets aanpassen? Laat het ons gerust weten."
        case .english: "If you have questions or would like to change anything, please let us know."
        case .german: "Bei Fragen oder Änderungswünschen melden Sie sich gern bei uns."
        }
    }

    private var signature: String {
        switch language {
        case .dutch: "Met vriendelijke groet,"
        case .english: "Kind regards,"
        case .german: "Mit freundlichen Grüßen"
        }
    }
}
