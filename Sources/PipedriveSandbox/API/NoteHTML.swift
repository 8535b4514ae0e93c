/// Cleans the HTML of a note down to a few harmless tags.
///
/// Which ones Pipedrive keeps is not documented; these are sure.
enum NoteHTML {
    private static let kept: Set<String> = ["p", "br", "b", "strong", "i", "em", "u", "ul", "ol", "li", "a", "div"]
    private static let dropped: Set<String> = ["script", "style", "iframe", "object", "title", "svg", "math"]

    static func sanitize(_ html: String) -> String {
        var rest = Substring(html)
        var output = ""
        var open: [String] = []
        while let start = rest.firstIndex(of: "<") {
            output += text(rest[..<start])
            rest = rest[start...]
            guard let (tag, after) = readTag(rest) else {
                output += "&lt;"
                rest = rest.dropFirst()
                continue
            }
            rest = after
            if dropped.contains(tag.name) {
                if !tag.isClosing { rest = skip(past: tag.name, in: rest) }
            } else if kept.contains(tag.name) {
                output += write(tag, &open)
            }
        }
        output += text(rest)
        return output + open.reversed().map { "</\($0)>" }.joined()
    }

    private struct Tag {
        var name = ""
        var isClosing = false
        var link: String?
    }

    /// Reads a tag or comment at the start; nil when the sign is only text.
    private static func readTag(_ html: Substring) -> (Tag, Substring)? {
        if html.hasPrefix("<!--") {
            guard let end = html.range(ofText: "-->") else { return (Tag(), html.suffix(0)) }
            return (Tag(), html[end...])
        }
        guard let next = html.dropFirst().first, next.isLetter || next == "/" || next == "!" || next == "?",
            let end = tagEnd(html)
        else { return nil }
        var inside = html[html.index(after: html.startIndex)..<end]
        var tag = Tag()
        if inside.first == "/" {
            tag.isClosing = true
            inside = inside.dropFirst()
        }
        tag.name = inside.prefix { $0.isLetter || $0.isNumber }.lowercased()
        tag.link = attribute("href", in: inside.dropFirst(tag.name.count))
        return (tag, html[html.index(after: end)...])
    }

    /// The closing sign of a tag, not one inside quotes.
    private static func tagEnd(_ html: Substring) -> Substring.Index? {
        var quote: Character?
        for index in html.indices {
            let character = html[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "\"" || character == "'" {
                quote = character
            } else if character == ">" {
                return index
            }
        }
        return nil
    }

    private static func attribute(_ name: String, in text: Substring) -> String? {
        var rest = text
        while let equals = rest.firstIndex(of: "=") {
            let found = rest[..<equals].trimmingSpaces().split { $0.isWhitespace || $0 == "/" }.last?.lowercased()
            let after = rest[rest.index(after: equals)...].drop { $0.isWhitespace }
            let value: Substring
            if let quote = after.first, quote == "\"" || quote == "'" {
                value = after.dropFirst().prefix { $0 != quote }
                rest = after.dropFirst(value.count + 2)
            } else {
                value = after.prefix { !$0.isWhitespace }
                rest = after.dropFirst(value.count)
            }
            if found == name { return String(value) }
        }
        return nil
    }

    private static func write(_ tag: Tag, _ open: inout [String]) -> String {
        if tag.name == "br" { return "<br>" }
        if tag.isClosing {
            guard let place = open.lastIndex(of: tag.name) else { return "" }
            defer { open.removeSubrange(place...) }
            return open[place...].reversed().map { "</\($0)>" }.joined()
        }
        open.append(tag.name)
        guard tag.name == "a", let link = tag.link, isSafe(link) else { return "<\(tag.name)>" }
        let escaped = text(Substring(link)).split(separator: "\"", omittingEmptySubsequences: false)
        return "<a href=\"\(escaped.joined(separator: "&quot;"))\">"
    }

    private static func isSafe(_ link: String) -> Bool {
        let lower = link.trimmingSpaces().lowercased()
        return ["https://", "http://", "mailto:"].contains { lower.hasPrefix($0) }
    }

    private static func skip(past name: String, in html: Substring) -> Substring {
        guard let start = html.lowercased().firstRange(ofText: "</\(name)") else { return html.suffix(0) }
        let rest = html.dropFirst(start)
        guard let end = rest.firstIndex(of: ">") else { return html.suffix(0) }
        return rest[rest.index(after: end)...]
    }

    /// Text as it is, save that a stray closing sign is written as an entity.
    private static func text(_ text: Substring) -> String {
        text.split(separator: ">", omittingEmptySubsequences: false).joined(separator: "&gt;")
    }
}

extension StringProtocol {
    /// Where the text after the first occurrence begins.
    fileprivate func range(ofText text: String) -> Index? {
        var at = startIndex
        while at < endIndex {
            if self[at...].hasPrefix(text) { return index(at, offsetBy: text.count) }
            at = index(after: at)
        }
        return nil
    }

    /// How many characters stand before the first occurrence.
    fileprivate func firstRange(ofText text: String) -> Int? {
        var count = 0
        var at = startIndex
        while at < endIndex {
            if self[at...].hasPrefix(text) { return count }
            at = index(after: at)
            count += 1
        }
        return nil
    }
}
