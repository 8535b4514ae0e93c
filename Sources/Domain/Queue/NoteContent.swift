/// The HTML of a deal note. Pipedrive sanitises notes; only `b`, `br` and `a` are used.
public enum NoteContent {
    /// Starts with exactly the event's text, then number, amount, customer, link and the reference.
    public static func html(
        kind: BookEvent.Kind, document: EventDocument, link: String, reference: EventReference
    ) -> String? {
        guard let text = kind.noteText else { return nil }
        let name = document.isQuote ? "quote" : "invoice"
        return [
            "\(text)", "<b>\(escape(document.number))</b> · \(escape(document.total.displayText))",
            escape(document.contactName), "<a href=\"\(escape(link))\">Open \(name)</a>", "\(reference)",
        ].joined(separator: "<br>")
    }

    /// What a test note says.
    public static func test(reference: EventReference) -> String {
        "Test note from PayDock<br>Notes about quotes and invoices will stand here.<br>\(reference)"
    }

    /// Makes text harmless inside HTML, attributes included.
    public static func escape(_ text: String) -> String {
        // By scalar, not by character: a quotation mark with a combining accent is one character, and still ends an
        // attribute.
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;".unicodeScalars
            case "<": result += "&lt;".unicodeScalars
            case ">": result += "&gt;".unicodeScalars
            case "\"": result += "&quot;".unicodeScalars
            case "'": result += "&#39;".unicodeScalars
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
