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
        case ("GET", "assets", 2) where words[1] == "board.js": return .text(BoardScript.text, type: "text/javascript")
        case ("GET", "deal", 2): return try await DealPage(desk: self, request: request, id: id ?? 0).reply()
        case ("GET", "person", 2):
            return try await ContactPage(desk: self, request: request, entity: .person, id: id ?? 0).reply()
        case ("GET", "organization", 2):
            return try await ContactPage(desk: self, request: request, entity: .organization, id: id ?? 0).reply()
        case ("GET", "persons", 1), ("GET", "organizations", 1), ("GET", "products", 1):
            return try ListPage(desk: self, request: request, word: words[0]).reply()
        case ("GET", "marketplace", 1): return try MarketplacePage(desk: self, request: request).reply()
        case ("GET", "traffic", 1): return try await TrafficPage(desk: self, request: request).reply()
        case ("GET", "model", 1): return try ModelPage(desk: self, request: request).reply()
        case ("POST", "model", 1), ("POST", "faults", _), ("POST", "limits", 1), ("POST", "tokens", 2):
            return try await SettingForms(sandbox: sandbox).post(request, words)
        case ("POST", _, _): return try await post(request, words, id)
        default: throw Refusal.notFound("Nothing is kept at this address")
        }
    }

    /// The page around some content.
    func page(_ title: String, place: String, for request: Request, content: HTML) throws -> Page {
        let (company, users) = try sandbox.store.read { ($0.company.name, $0.users) }
        return Page(
            title: title, place: place, company: company, viewer: try viewer(of: request), users: users,
            companies: sandbox.companies.all.map { ($0.companyID, $0.companyName) }, companyID: sandbox.companyID,
            path: request.path, content: content)
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

    private func post(_ request: Request, _ words: [String], _ id: Int?) async throws -> Reply {
        let author = Author(user: try viewer(of: request), source: .app, now: sandbox.clock())
        switch (words.first ?? "", words.last ?? "", words.count) {
        case ("company", _, 1):
            var reply = Reply.redirect("/")
            let company = request.formValue("company_id").flatMap { Int($0) } ?? 0
            reply.headers.append(("Set-Cookie", "company=\(company); Path=/; HttpOnly; SameSite=Lax"))
            reply.headers.append(("Set-Cookie", "viewer=1; Path=/; HttpOnly; SameSite=Lax"))
            return reply
        case ("viewer", _, 1):
            var reply = Reply.redirect(Self.local(request.formValue("back")))
            let user = request.formValue("user_id").flatMap { Int($0) } ?? 1
            reply.headers.append(("Set-Cookie", "viewer=\(user); Path=/; HttpOnly; SameSite=Lax"))
            return reply
        case ("deal", "move", 3):
            let stage = JSON.optional(request.formValue("stage_id").flatMap { Int($0) })
            try sandbox.store.change { _ = try $0.changeDeal(id ?? 0, ["stage_id": stage], by: author) }
            return .redirect(Self.local(request.formValue("back")))
        case ("deal", "note", 3), ("person", "note", 3), ("organization", "note", 3):
            let entity = Entity(rawValue: words[0]) ?? .deal
            let text = request.formValue("content") ?? ""
            let markup: HTML = "<p>\(text)</p>"
            if !text.trimmingSpaces().isEmpty {
                var note: JSONObject = ["content": .string(markup.text)]
                note[NoteFeed.link(entity)] = .optional(id)
                let complete = note
                try sandbox.store.change { _ = try $0.createNote(complete, by: author) }
            }
            return .redirect("/\(entity.rawValue)/\(id ?? 0)")
        case ("marketplace", "uninstall", 2):
            let user = request.formValue("user_id").flatMap { Int($0) } ?? 0
            _ = try await AppNotice(sandbox: sandbox).uninstall(userID: user)
            return .redirect("/marketplace")
        default: throw Refusal.notFound("Nothing is kept at this address")
        }
    }

    /// A path of this site; anything else becomes the board.
    private static func local(_ path: String?) -> String {
        guard let path, path.hasPrefix("/"), !path.hasPrefix("//"), !path.contains("\\"), !path.contains("\n"),
            !path.contains("\r")
        else { return "/" }
        return path
    }
}
