/// The forms that move a deal: to the stage before or after by a button, to any by a list.
enum StageForm {
    static func html(_ deal: Record, stages: [Record], back: String) -> HTML {
        let options = stages.map { stage -> HTML in
            let name = stage["name"].text ?? ""
            return deal["stage_id"] == .int(stage.id)
                ? "<option value=\"\(stage.id)\" selected>\(name)</option>"
                : "<option value=\"\(stage.id)\">\(name)</option>"
        }
        let place = stages.firstIndex { deal["stage_id"] == .int($0.id) } ?? 0
        let earlier = stages.indices.contains(place - 1) ? stages[place - 1] : nil
        let later = stages.indices.contains(place + 1) ? stages[place + 1] : nil
        return """
            <form class="stage" method="post" action="/deal/\(deal.id)/move">
            <input type="hidden" name="back" value="\(back)">
            \(button(earlier, "‹"))
            <label><span class="unseen">Stage of \(deal["title"].text ?? "")</span>
            <select name="stage_id" data-submits>\(options)</select></label>
            <button class="quiet" data-spare>Move</button>
            \(button(later, "›"))</form>
            """
    }

    /// Moves one stage on; a button without a stage keeps its place, so that the row does not jump.
    private static func button(_ stage: Record?, _ sign: String) -> HTML {
        guard let stage else { return "<button class=\"quiet step\" disabled aria-hidden=\"true\">\(sign)</button>" }
        let label = "To \(stage["name"].text ?? "")"
        return """
            <button class="quiet step" name="to" value="\(stage.id)" aria-label="\(label)" title="\(label)">\(sign)</button>
            """
    }
}
