/// The pages for people, and the forms on them.
///
/// Nobody signs in: one chooses whose eyes to look through.
struct PageDesk {
    let sandbox: Sandbox

    func answer(_ request: Request) async throws -> Reply {
        do { return try await find(request) } catch let refusal as Refusal {
            let content: HTML =
                "<section class=\"card\"><h1>\(refusal.message)</h1><p><a href=\"/\">To the board</a></p></section>"
            return try page("Refused", place: "", for: request, content: content).reply(status: refusal.status)
        }
    }

    private func find(_ request: Request) async throws -> Reply {
        let words = request.segments
        let id = words.count >= 2 ? Int(words[1]) : nil
        switch (request.method, words.first ?? "", words.count) {
        case ("GET", "", 0): return try BoardPage(desk: self, request: request).reply()
        case ("GET", "assets", 2) where words[1] == "style.css": return .text(Stylesheet.text, type: "text/css")
        case ("GET", "assets", 2) where words[1] == "page.js": return .text(PageScript.text, type: "text/javascript")
        case ("GET", "deal", 2): return try await DealPage(desk: self, request: request, id: id ?? 0).reply()
        case ("GET", "person", 2):
            return try await ContactPage(desk: self, request: request, entity: .person, id: id ?? 0).reply()
        case ("GET", "organization", 2):
            return try await ContactPage(desk: self, request: request, entity: .organization, id: id ?? 0).reply()
        case ("GET", "deal", 3), ("GET", "person", 3), ("GET", "organization", 3):
            return try await part(request, Entity(rawValue: words[0]) ?? .deal, id ?? 0, named: words[2])
        case ("GET", "persons", 1), ("GET", "organizations", 1), ("GET", "products", 1):
            return try ListPage(desk: self, request: request, word: words[0]).reply()
        case ("GET", "marketplace", 1): return try MarketplacePage(desk: self, request: request).reply()
        case ("GET", "traffic", 1): return try await TrafficPage(desk: self, request: request).reply()
        case ("GET", "model", 1): return try ModelPage(desk: self, request: request).reply()
        case ("POST", "model", 1), ("POST", "faults", _), ("POST", "limits", 1), ("POST", "tokens", 2):
            return try await SettingForms(sandbox: sandbox).post(request, words)
        case ("POST", _, _): return try await PageForms(desk: self, request: request).post(words, id)
        default: throw Refusal.notFound("Nothing is kept at this address")
        }
    }

    /// A part of a record's page by itself, which the page's script fetches anew.
    private func part(_ request: Request, _ entity: Entity, _ id: Int, named word: String) async throws -> Reply {
        let viewer = try viewer(of: request)
        let feed = try sandbox.store.read { state in
            _ = try state.record(entity, id, for: viewer)
            return NoteFeed.notes(entity, id, in: state)
        }
        switch word {
        case "feed": return .html(feed.text)
        case "panel":
            let answer = await PanelCall(sandbox: sandbox).ask(about: entity, id: id, viewer: viewer)
            return .html(PanelView.content(answer).text)
        default: throw Refusal.notFound("Nothing is kept at this address")
        }
    }

    /// The page around some content.
    func page(_ title: String, place: String, for request: Request, content: HTML) throws -> Page {
        let (company, users) = try sandbox.store.read { ($0.company.name, $0.users) }
        return Page(
            title: title, place: place, company: company, viewer: try viewer(of: request), users: users,
            companies: sandbox.companies.all.map { ($0.companyID, $0.companyName) }, companyID: sandbox.companyID,
            path: request.path
                + (request.query.isEmpty ? "" : "?" + Form.encode(request.query.map { ($0.name, $0.value) })),
            isDark: request.cookie("theme").map { $0 == "dark" }, content: content)
    }

    /// Whose eyes the request looks through; the administrator's unless chosen.
    func viewer(of request: Request) throws -> User {
        let users = try sandbox.store.read { $0.users }
        let chosen = request.cookie("viewer").flatMap { Int($0) }
        guard let user = users.first(where: { $0.id == chosen }) ?? users.first else {
            throw Refusal.notFound("There are no users")
        }
        return user
    }
}
