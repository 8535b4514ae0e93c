/// Draws the app's panel from its answer, each value by the documented type it has.
enum PanelView {
    static func html(_ answer: PanelAnswer, of entity: Entity, _ id: Int) -> HTML {
        """
        <section class="card panel"><h2>\(Page.panelName)
        <a class="reload" href="/\(entity.rawValue)/\(id)" data-reloads="panel" aria-label="Reload the panel" title="Reload">↻</a></h2>
        <div id="panel" data-source="/\(entity.rawValue)/\(id)/panel">\(content(answer))</div></section>
        """
    }

    /// The panel without its heading, which its reload button fetches anew.
    static func content(_ answer: PanelAnswer) -> HTML {
        switch answer {
        case .notConfigured: return "<p class=\"faint\">No panel is set up for this sandbox.</p>"
        case .unreachable(let reason):
            return """
                <p><b>Something went wrong</b></p><p class="faint">The panel could not be reached: \(reason).</p>
                """
        case .broken(let reason):
            return "<p><b>Something went wrong</b></p><p class=\"faint\">The panel's answer is unusable: \(reason).</p>"
        case .refused(let title, let subtitle, let link):
            return "<p><b>\(title)</b></p><p>\(markdown(subtitle ?? ""))</p>\(button(link))"
        case .objects(let objects, let link):
            if objects.isEmpty { return "<p class=\"faint\">Nothing to show</p>\(button(link))" }
            return "\(objects.map(object))\(button(link))"
        }
    }

    private static func object(_ object: PanelAnswer.Shown) -> HTML {
        let rows = object.rows.map { row -> HTML in "<dt>\(row.label)</dt><dd>\(value(row.value))</dd>" }
        let header: HTML = object.header.map { "<h3>\($0)</h3>" } ?? ""
        return "<article>\(header)<dl class=\"fields\">\(rows)</dl></article>"
    }

    private static func value(_ json: JSON) -> HTML {
        switch json {
        case .null: return "<span class=\"faint\">–</span>"
        case .bool(let truth): return "\(truth ? "yes" : "no")"
        case .int, .number: return "\(Money.short(json.decimal ?? 0))"
        case .array(let tags):
            return "\(tags.compactMap(\.text).map { tag -> HTML in "<span class=\"chip grey\">\(tag)</span> " })"
        case .string(let text): return isLink(text) ? anchor(text, text) : "\(date(text) ?? text)"
        case .object:
            if let code = json["code"].text, let amount = json["value"].decimal { return "\(Money.text(amount, code))" }
            if let color = json["color"].text, let label = json["label"].text {
                return "<span class=\"chip \(color)\">\(label)</span>"
            }
            if json["markdown"] == true { return markdown(json["value"].text ?? "") }
            if let url = json["value"].text, isLink(url) { return anchor(url, json["label"].text ?? url) }
            return "<code>\(JSONWriter.text(json))</code>"
        }
    }

    private static func date(_ text: String) -> String? {
        guard text.utf8.count == 10, Timestamp.parse(text) != nil else { return nil }
        return text.split(separator: "-").reversed().joined(separator: "-")
    }

    private static func isLink(_ text: String) -> Bool { text.hasPrefix("https://") || text.hasPrefix("http://") }

    private static func anchor(_ url: String, _ label: String) -> HTML {
        "<a href=\"\(url)\" rel=\"noopener\" target=\"_blank\">\(label)</a>"
    }

    private static func button(_ link: PanelAnswer.Link?) -> HTML {
        link.map { "<p><a class=\"button\" href=\"\($0.url)\" rel=\"noopener\" target=\"_blank\">\($0.label)</a></p>" }
            ?? ""
    }

    /// Text in which `[label](https://…)` is a link.
    private static func markdown(_ text: String) -> HTML {
        var output: [HTML] = []
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "[") {
            guard let close = rest[open...].firstIndex(of: "]"), rest[close...].hasPrefix("]("),
                let end = rest[close...].firstIndex(of: ")")
            else { break }
            let url = String(rest[rest.index(close, offsetBy: 2)..<end])
            let label = String(rest[rest.index(after: open)..<close])
            output.append("\(String(rest[..<open]))")
            output.append(isLink(url) ? anchor(url, label) : "\(label)")
            rest = rest[rest.index(after: end)...]
        }
        return "\(output)\(String(rest))"
    }
}
