/// A searchable list of persons, organizations or products, a hundred at a time.
struct ListPage {
    private static let pageSize = 100

    let desk: PageDesk
    let request: Request
    let word: String

    private var entity: Entity {
        switch word {
        case "persons": .person
        case "organizations": .organization
        default: .product
        }
    }

    func reply() throws -> Reply {
        let viewer = try desk.viewer(of: request)
        let term = (request.value("q") ?? "").trimmingSpaces().lowercased()
        let number = max(1, request.value("page").flatMap { Int($0) } ?? 1)
        let title = word.prefix(1).uppercased() + word.dropFirst()
        let content = try desk.sandbox.store.read { state -> HTML in
            let all = state[entity].records.filter { record in
                !record.isDeleted && state.isVisible(record, entity, to: viewer)
                    && (term.isEmpty || record["name"].text?.lowercased().contains(term) == true)
            }
            let page = all.dropFirst((number - 1) * Self.pageSize).prefix(Self.pageSize)
            return """
                <div class="head"><h1>\(title)</h1><form class="search" method="get"><label class="unseen" for="q">Search</label>
                <input id="q" name="q" type="search" value="\(request.value("q") ?? "")" placeholder="Search by name">
                <button class="quiet">Search</button></form><p class="sum">\(all.count) in all</p></div>
                <section class="card wide"><table>\(head)<tbody>\(page.map { row($0, in: state) })</tbody></table></section>
                \(pager(number, count: all.count))
                """
        }
        return try desk.page(title, place: title, for: request, content: content).reply()
    }

    private var head: HTML {
        switch entity {
        case .person: "<thead><tr><th>Name</th><th>Organization</th><th>E-mail</th><th>Phone</th></tr></thead>"
        case .organization: "<thead><tr><th>Name</th><th>Address</th><th>Website</th></tr></thead>"
        default:
            """
            <thead><tr><th>Code</th><th>Name</th><th>Unit</th><th class="number">Tax</th><th class="number">EUR</th>
            <th class="number">USD</th></tr></thead>
            """
        }
    }

    private func row(_ record: Record, in state: State) -> HTML {
        let name = record["name"].text ?? ""
        switch entity {
        case .person:
            let organization = record["org_id"].whole.map { FieldTable.link(.organization, $0, in: state) } ?? ""
            return """
                <tr><td><a href="/person/\(record.id)">\(name)</a></td><td>\(organization)</td>
                <td>\(values(record["emails"]))</td><td>\(values(record["phones"]))</td></tr>
                """
        case .organization:
            return """
                <tr><td><a href="/organization/\(record.id)">\(name)</a></td><td>\(record["address"]["value"].text ?? "")</td>
                <td>\(record["website"].text ?? "")</td></tr>
                """
        default:
            return """
                <tr><td>\(record["code"].text ?? "")</td><td>\(name)</td><td>\(record["unit"].text ?? "")</td>
                <td class="number">\(Money.short(record["tax"].decimal ?? 0)) %</td>
                <td class="number">\(price(record, "EUR"))</td><td class="number">\(price(record, "USD"))</td></tr>
                """
        }
    }

    private func price(_ product: Record, _ currency: String) -> String {
        let price = product["prices"].list?.first { $0["currency"] == .string(currency) }
        return price?["price"].decimal.map { Money.text($0, currency) } ?? ""
    }

    private func values(_ points: JSON) -> String {
        (points.list ?? []).compactMap { $0["value"].text }.joined(separator: ", ")
    }

    private func pager(_ number: Int, count: Int) -> HTML {
        let last = max(1, (count + Self.pageSize - 1) / Self.pageSize)
        if last == 1 { return "" }
        let query = request.value("q").map { "&q=\(Form.encode($0))" } ?? ""
        let back: HTML = number > 1 ? "<a href=\"/\(word)?page=\(number - 1)\(query)\">Previous</a>" : ""
        let next: HTML = number < last ? "<a href=\"/\(word)?page=\(number + 1)\(query)\">Next</a>" : ""
        return "<p class=\"pager\">\(back) <span>Page \(number) of \(last)</span> \(next)</p>"
    }
}
