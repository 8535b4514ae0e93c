/// One deal: its fields and the app's panel at the left, its products and notes at the right.
struct DealPage {
    let desk: PageDesk
    let request: Request
    let id: Int

    func reply() async throws -> Reply {
        let viewer = try desk.viewer(of: request)
        let deal = try desk.sandbox.store.read { try $0.record(.deal, id, for: viewer) }
        let panel = await PanelCall(sandbox: desk.sandbox).ask(about: .deal, id: id, viewer: viewer)
        let content = try desk.sandbox.store.read { state -> HTML in
            """
            \(head(deal, in: state))
            <div class="detail"><aside>
            \(PanelView.html(panel, of: .deal, id))
            <section class="card"><h2>Details</h2>\(FieldTable.html(deal, .deal, in: state))</section></aside>
            <div><section class="card"><h2>Products</h2>\(products(of: deal, in: state))</section>
            \(NoteFeed.html(.deal, id, in: state))</div></div>
            """
        }
        return try desk.page(deal["title"].text ?? "", place: "Deals", for: request, content: content).reply()
    }

    private func head(_ deal: Record, in state: State) -> HTML {
        let value = Money.text(deal["value"].decimal ?? 0, deal["currency"].text ?? "")
        let stages = state.stages(of: deal["pipeline_id"].whole ?? 1)
        let status = deal["status"].text ?? ""
        return """
            <div class="head"><h1>\(deal["title"].text ?? "")</h1><b class="value">\(value)</b>
            <span class="chip \(status)">\(status)</span>\(statusForm(deal, status))
            \(StageForm.html(deal, stages: stages, back: request.path))</div>
            """
    }

    private func statusForm(_ deal: Record, _ status: String) -> HTML {
        if deal.isDeleted { return .nothing }
        let choices = status == "open" ? [("won", "Won"), ("lost", "Lost")] : [("open", "Reopen")]
        let buttons = choices.map { choice -> HTML in
            "<button class=\"quiet \(choice.0)\" name=\"status\" value=\"\(choice.0)\">\(choice.1)</button>"
        }
        return "<form class=\"status\" method=\"post\" action=\"/deal/\(deal.id)/status\">\(buttons)</form>"
    }

    private func products(of deal: Record, in state: State) -> HTML {
        let lines = state.lines(of: deal.id)
        let currency = deal["currency"].text ?? ""
        if lines.isEmpty { return "<p class=\"faint\">No products on this deal.</p>" }
        let rows = lines.map { row($0, currency) }
        let discounts = state.discounts(of: deal.id).map { discount -> HTML in
            let amount = discount["amount"].decimal ?? 0
            let shown = discount["type"] == "amount" ? Money.text(amount, currency) : "\(Money.short(amount)) %"
            return """
                <tr><td colspan="4">Discount: \(discount["description"].text ?? "")</td><td class="number">– \(shown)</td></tr>
                """
        }
        return """
            <div class="wide"><table><thead><tr><th>Product</th><th class="number">Price</th><th class="number">Quantity</th>
            <th class="number">Discount</th><th class="number">Sum</th></tr></thead><tbody>\(rows)</tbody>
            <tfoot>\(discounts)<tr><th colspan="4">Deal value</th>
            <th class="number">\(Money.text(deal["value"].decimal ?? 0, currency))</th></tr></tfoot></table></div>
            """
    }

    private func row(_ line: Record, _ currency: String) -> HTML {
        let discount = line["discount"].decimal ?? 0
        let isAmount = line["discount_type"] == "amount"
        let shown = discount == 0 ? "" : isAmount ? Money.text(discount, currency) : "\(Money.short(discount)) %"
        let tax = "\(Money.short(line["tax"].decimal ?? 0)) % tax \(line["tax_method"].text ?? "")"
        let frequency = line["billing_frequency"].text.flatMap { $0 == "one-time" ? nil : ", \($0)" } ?? ""
        return """
            <tr><td>\(line["name"].text ?? "")<small>\(tax)\(frequency)</small><small>\(line["comments"].text ?? "")</small></td>
            <td class="number">\(Money.text(line["item_price"].decimal ?? 0, currency))</td>
            <td class="number">\(Money.short(line["quantity"].decimal ?? 0))</td><td class="number">\(shown)</td>
            <td class="number">\(Money.text(line["sum"].decimal ?? 0, currency))</td></tr>
            """
    }
}
