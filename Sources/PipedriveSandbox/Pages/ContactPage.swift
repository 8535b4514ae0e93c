/// One person or organization: fields and panel at the left, what belongs to it at the right.
struct ContactPage {
    let desk: PageDesk
    let request: Request
    let entity: Entity
    let id: Int

    func reply() async throws -> Reply {
        let viewer = try desk.viewer(of: request)
        let record = try desk.sandbox.store.read { try $0.record(entity, id, for: viewer) }
        let panel = await PanelCall(sandbox: desk.sandbox).ask(about: entity, id: id, viewer: viewer)
        let content = try desk.sandbox.store.read { state -> HTML in
            let deleted: HTML = record.isDeleted ? "<span class=\"chip lost\">deleted</span>" : ""
            return """
                <div class="head"><h1>\(record["name"].text ?? "")</h1>\(deleted)</div>
                <div class="detail"><aside>
                \(PanelView.html(panel, of: entity, id))
                <section class="card"><h2>Details</h2>\(FieldTable.html(record, entity, in: state))
                \(editForm(record))</section></aside>
                <div><section class="card"><h2>Deals</h2>\(deals(in: state, viewer))</section>\(people(in: state, viewer))
                \(NoteFeed.html(entity, id, in: state))</div></div>
                """
        }
        let place = entity == .person ? "Persons" : "Organizations"
        return try desk.page(record["name"].text ?? "", place: place, for: request, content: content).reply()
    }

    private func editForm(_ record: Record) -> HTML {
        if record.isDeleted { return .nothing }
        let more: HTML =
            entity == .person
            ? """
            <label>E-mail <input name="email" type="email" value="\(record["emails"].list?.first?["value"].text ?? "")"></label>
            <label>Phone <input name="phone" value="\(record["phones"].list?.first?["value"].text ?? "")"></label>
            """
            : "<label>Address <input name=\"address\" value=\"\(record["address"]["value"].text ?? "")\"></label>"
        return """
            <details class="edit"><summary>Edit</summary>
            <form class="settings" method="post" action="/\(entity.rawValue)/\(id)/edit">
            <label>Name <input name="name" required value="\(record["name"].text ?? "")"></label>\(more)
            <button>Save</button></form></details>
            """
    }

    private func deals(in state: State, _ viewer: User) -> HTML {
        let key = entity == .person ? "person_id" : "org_id"
        let deals = state[.deal].records(where: key, is: .int(id)).filter {
            !$0.isDeleted && state.isVisible($0, .deal, to: viewer)
        }
        if deals.isEmpty { return "<p class=\"faint\">No deals.</p>" }
        let rows = deals.map { deal -> HTML in
            let stage = deal["stage_id"].whole.flatMap { state[.stage][$0]?["name"].text } ?? ""
            return """
                <tr><td><a href="/deal/\(deal.id)">\(deal["title"].text ?? "")</a></td><td>\(stage)</td>
                <td class="number">\(Money.text(deal["value"].decimal ?? 0, deal["currency"].text ?? ""))</td></tr>
                """
        }
        return "<div class=\"wide\"><table><tbody>\(rows)</tbody></table></div>"
    }

    private func people(in state: State, _ viewer: User) -> HTML {
        guard entity == .organization else { return "" }
        let people = state[.person].records(where: "org_id", is: .int(id)).filter {
            !$0.isDeleted && state.isVisible($0, .person, to: viewer)
        }
        let items = people.map { person -> HTML in
            "<li><a href=\"/person/\(person.id)\">\(person["name"].text ?? "")</a></li>"
        }
        let list: HTML = items.isEmpty ? "<p class=\"faint\">No persons.</p>" : "<ul class=\"plain\">\(items)</ul>"
        return "<section class=\"card\"><h2>Persons</h2>\(list)</section>"
    }
}
