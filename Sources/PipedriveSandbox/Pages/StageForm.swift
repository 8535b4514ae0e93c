/// The form that moves a deal to another stage.
enum StageForm {
    static func html(_ deal: Record, stages: [Record], back: String) -> HTML {
        let options = stages.map { stage -> HTML in
            let name = stage["name"].text ?? ""
            return deal["stage_id"] == .int(stage.id)
                ? "<option value=\"\(stage.id)\" selected>\(name)</option>"
                : "<option value=\"\(stage.id)\">\(name)</option>"
        }
        return """
            <form class="stage" method="post" action="/deal/\(deal.id)/move">
            <input type="hidden" name="back" value="\(back)">
            <label><span class="unseen">Stage of \(deal["title"].text ?? "")</span>
            <select name="stage_id" data-submits>\(options)</select></label>
            <button class="quiet" data-spare>Move</button></form>
            """
    }
}
