/// The board: the open deals of one pipeline with a column per stage.
struct BoardPage {
    let desk: PageDesk
    let request: Request

    func reply() throws -> Reply {
        let viewer = try desk.viewer(of: request)
        let content = try desk.sandbox.store.read { state -> HTML in
            let wanted = request.value("pipeline").flatMap { Int($0) }
            guard let pipeline = state.pipelines.first(where: { $0.id == wanted }) ?? state.pipelines.first else {
                return "<p>There are no pipelines.</p>"
            }
            return board(of: pipeline, in: state, for: viewer)
        }
        return try desk.page("Deals", place: "Deals", for: request, content: content).reply()
    }

    private func board(of pipeline: Record, in state: State, for viewer: User) -> HTML {
        let stages = state.stages(of: pipeline.id)
        let deals = state[.deal].records.filter { deal in
            deal["pipeline_id"] == .int(pipeline.id) && deal["status"] == "open" && !deal.isDeleted
                && deal["is_archived"] != true && state.isVisible(deal, .deal, to: viewer)
        }
        let tabs = state.pipelines.map { item -> HTML in
            let name = item["name"].text ?? ""
            return item.id == pipeline.id
                ? "<a href=\"/?pipeline=\(item.id)\" aria-current=\"true\">\(name)</a>"
                : "<a href=\"/?pipeline=\(item.id)\">\(name)</a>"
        }
        let columns = stages.map { stage in
            column(stage, deals.filter { $0["stage_id"] == .int(stage.id) }, stages: stages, in: state)
        }
        return """
            <div class="head"><h1>\(pipeline["name"].text ?? "")</h1><p class="tabs">\(tabs)</p>
            <p class="sum">\(deals.count) open deals</p></div>
            <div class="board">\(columns)</div>
            """
    }

    private func column(_ stage: Record, _ deals: [Record], stages: [Record], in state: State) -> HTML {
        let sum = deals.filter { $0["currency"] == .string(state.company.currency) }
            .reduce(0) { $0 + ($1["value"].decimal ?? 0) }
        let total = Money.text(sum, state.company.currency)
        return """
            <section class="column" data-stage="\(stage.id)"><h2>\(stage["name"].text ?? "")
            <small>\(total) · \(deals.count) \(deals.count == 1 ? "deal" : "deals")</small></h2>
            \(deals.map { card($0, stages: stages, in: state) })</section>
            """
    }

    private func card(_ deal: Record, stages: [Record], in state: State) -> HTML {
        let contact = ["org_id", "person_id"].compactMap { key -> String? in
            let entity: Entity = key == "org_id" ? .organization : .person
            return deal[key].whole.flatMap { state[entity][$0]?["name"].text }
        }
        let value = Money.text(deal["value"].decimal ?? 0, deal["currency"].text ?? "")
        return """
            <article class="deal-card" id="deal-\(deal.id)"><a href="/deal/\(deal.id)">\(deal["title"].text ?? "")</a>
            <p>\(contact.isEmpty ? "No contact" : contact.joined(separator: ", "))</p><b>\(value)</b>
            \(StageForm.html(deal, stages: stages, back: request.path + "?pipeline=\(deal["pipeline_id"].whole ?? 1)"))
            </article>
            """
    }
}
