import Mustache

/// A page's HTML with its holes, parsed once. Holes are escaped unless they have three braces.
struct PageTemplate: Sendable {
    private let parsed: Result<MustacheTemplate, any Error>

    /// Inside the text, names are looked up in the page's model first, then in the scope around it.
    init(_ text: String) {
        parsed = Result {
            HTMLText.register()
            return try MustacheTemplate(string: "{{% CONTENT_TYPE: \(HTMLText.name)}}\n{{#page}}\(text){{/page}}")
        }
    }

    /// Throws when the text itself is no template, which a test finds before anybody else.
    func render(_ page: some Sendable, formToken: String) throws -> String {
        try parsed.get().render(Scope(page: page, formToken: formToken))
    }

    private struct Scope<Page> {
        let page: Page
        let formToken: String
    }
}

/// Escapes by Unicode scalar. The library escapes by grapheme, so that a quotation mark with a combining accent
/// would leave an attribute unescaped.
struct HTMLText: MustacheContentType {
    static let name = "PAGE"
    private static let registration: Void = MustacheContentTypes.register(HTMLText(), named: name)

    /// Makes the content type known to the library, once per process.
    static func register() { registration }

    func escapeText(_ text: String) -> String { Self.escape(text) }

    static func escape(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
