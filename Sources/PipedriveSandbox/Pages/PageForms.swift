/// What the forms on the pages of records do: changes as people make them in the web app.
struct PageForms {
    let desk: PageDesk
    let request: Request

    private var sandbox: Sandbox { desk.sandbox }

    func post(_ words: [String], _ id: Int?) async throws -> Reply {
        let author = Author(user: try desk.viewer(of: request), source: .app, now: sandbox.clock())
        switch (words.first ?? "", words.last ?? "", words.count) {
        case ("company", _, 1):
            let company = request.formValue("company_id").flatMap { Int($0) } ?? 0
            return setting("viewer", "1", setting("company", String(company), .redirect("/")))
        case ("viewer", _, 1):
            let user = request.formValue("user_id").flatMap { Int($0) } ?? 1
            return setting("viewer", String(user), .redirect(Self.local(request.formValue("back"))))
        case ("theme", _, 1):
            let theme = request.formValue("theme") == "dark" ? "dark" : "light"
            return setting("theme", theme, .redirect(Self.local(request.formValue("back"))))
        case ("deal", "move", 3):
            let word = request.formValue("to") ?? request.formValue("stage_id")
            let stage = JSON.optional(word.flatMap { Int($0) })
            try sandbox.store.change { _ = try $0.changeDeal(id ?? 0, ["stage_id": stage], by: author) }
            return .redirect(Self.local(request.formValue("back")))
        case ("deal", "status", 3):
            guard let status = request.formValue("status"), ["open", "won", "lost"].contains(status) else {
                throw Refusal.bad("A deal is open, won or lost")
            }
            try sandbox.store.change { _ = try $0.changeDeal(id ?? 0, ["status": .string(status)], by: author) }
            return .redirect("/deal/\(id ?? 0)")
        case ("deal", "note", 3), ("person", "note", 3), ("organization", "note", 3):
            return try addNote(to: Entity(rawValue: words[0]) ?? .deal, id ?? 0, author)
        case ("person", "edit", 3), ("organization", "edit", 3):
            return try edit(Entity(rawValue: words[0]) ?? .person, id ?? 0, author)
        case ("marketplace", "uninstall", 2):
            _ = try await AppNotice(sandbox: sandbox).uninstall(userID: formUser)
            return .redirect("/marketplace")
        case ("marketplace", "share", 2):
            _ = await AppNotice(sandbox: sandbox).share(
                userID: formUser, isShared: request.formValue("is_shared") == "true")
            return .redirect("/marketplace")
        default: throw Refusal.notFound("Nothing is kept at this address")
        }
    }

    private var formUser: Int { request.formValue("user_id").flatMap { Int($0) } ?? 0 }

    private func setting(_ name: String, _ value: String, _ reply: Reply) -> Reply {
        var reply = reply
        reply.headers.append(("Set-Cookie", "\(name)=\(value); Path=/; HttpOnly; SameSite=Lax"))
        return reply
    }

    private func addNote(to entity: Entity, _ id: Int, _ author: Author) throws -> Reply {
        let text = request.formValue("content") ?? ""
        let markup: HTML = "<p>\(text)</p>"
        if !text.trimmingSpaces().isEmpty {
            let note: JSONObject = ["content": .string(markup.text)]
            let link = NoteFeed.link(entity)
            try sandbox.store.change { state in
                var note = note
                note[link] = .int(id)
                _ = try state.createNote(note, by: author)
            }
        }
        return .redirect("/\(entity.rawValue)/\(id)")
    }

    /// The first e-mail address and telephone number are what the form shows; the others stay as they are.
    private func edit(_ entity: Entity, _ id: Int, _ author: Author) throws -> Reply {
        let name = request.formValue("name") ?? ""
        let points = ["emails": request.formValue("email"), "phones": request.formValue("phone")]
        let address = request.formValue("address")
        try sandbox.store.change { state in
            var body: JSONObject = ["name": .string(name)]
            if entity == .person {
                let person = try state.live(.person, id, for: author.user)
                for (key, value) in points { body[key] = Self.points(person[key].list ?? [], first: value ?? "") }
                _ = try state.changePerson(id, body, by: author)
            } else {
                let organization = try state.live(.organization, id, for: author.user)
                if let address, address != organization["address"]["value"].text ?? "" {
                    body["address"] = address.isEmpty ? .null : ["value": .string(address)]
                }
                _ = try state.changeOrganization(id, body, by: author)
            }
        }
        return .redirect("/\(entity.rawValue)/\(id)")
    }

    private static func points(_ list: [JSON], first value: String) -> JSON {
        let value = value.trimmingSpaces()
        let rest = Array(list.dropFirst())
        if value.isEmpty { return .array(rest) }
        let label = list.first?["label"] ?? "work"
        let isPrimary = !rest.contains { $0["primary"] == true }
        return .array([["value": .string(value), "primary": .bool(isPrimary), "label": label]] + rest)
    }

    /// A path of this site; anything else becomes the board.
    private static func local(_ path: String?) -> String {
        guard let path, path.hasPrefix("/"), !path.hasPrefix("//"), !path.contains("\\"), !path.contains("\n"),
            !path.contains("\r")
        else { return "/" }
        return path
    }
}
