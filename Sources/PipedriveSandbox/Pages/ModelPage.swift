/// The pretended language model: how it answers, and what it was asked.
struct ModelPage {
    private static let rowLimit = 50

    let desk: PageDesk
    let request: Request

    func reply() throws -> Reply {
        let behaviour = desk.sandbox.model
        let content: HTML = """
            <div class="head"><h1>Language model</h1><p class="sum">at \(desk.sandbox.origin)/v1</p></div>
            <section class="card"><h2>How it answers</h2>\(form(behaviour.setting))</section>
            <section class="card"><h2>What it was asked</h2>\(log(behaviour.entries))</section>
            """
        return try desk.page("Model", place: "Model", for: request, content: content).reply()
    }

    private func form(_ setting: ModelBehaviour.Setting) -> HTML {
        let options = ModelMode.allCases.map { mode -> HTML in
            let label = "\(mode.rawValue): \(mode.explanation)"
            return mode == setting.mode
                ? "<option value=\"\(mode.rawValue)\" selected>\(label)</option>"
                : "<option value=\"\(mode.rawValue)\">\(label)</option>"
        }
        return """
            <form class="settings" method="post" action="/model"><label>Mode <select name="mode">\(options)</select></label>
            <label>For how many questions <input name="count" type="number" min="1" placeholder="all"
            value="\(setting.remaining.map { String($0) } ?? "")"></label>
            <label>Seconds of a time-out <input name="seconds" type="number" min="0" step="any"
            value="\(JSONWriter.text(.amount(setting.holdSeconds)))"></label><button>Set</button></form>
            """
    }

    private func log(_ entries: [ModelBehaviour.Entry]) -> HTML {
        if entries.isEmpty { return "<p class=\"faint\">Nothing yet.</p>" }
        let items = entries.suffix(Self.rowLimit).reversed().map { entry -> HTML in
            // The newest stands open, since it is the one that was just asked.
            let open: HTML = entry.number == entries.last?.number ? " open" : ""
            let messages = ModelQuestion(entry.question)?.messages ?? []
            let texts = messages.map { message -> HTML in "<p><b>\(message.role)</b></p><pre>\(message.text)</pre>" }
            return """
                <details\(open)><summary>\(entry.number) · \(entry.at.spaced) UTC · \(entry.path) · \(entry.mode.rawValue)</summary>
                \(texts)<p><b>answer</b></p><pre>\(entry.answer ?? "none yet")</pre></details>
                """
        }
        return "\(items)"
    }
}
