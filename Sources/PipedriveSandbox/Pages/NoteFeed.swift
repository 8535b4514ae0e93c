/// The notes of a deal, person or organization, newest first, with the form for a new one.
enum NoteFeed {
    /// So many notes are drawn; a page of thousands would be no use to anyone.
    private static let limit = 100

    /// The member of a note that names what it belongs to.
    static func link(_ entity: Entity) -> String {
        switch entity {
        case .person: "person_id"
        case .organization: "org_id"
        default: "deal_id"
        }
    }

    static func html(_ entity: Entity, _ id: Int, in state: State) -> HTML {
        """
        <section class="card"><h2>Notes</h2>\(form(entity, id))
        <div class="feed" aria-live="polite" data-every="2000" data-source="/\(entity.rawValue)/\(id)/feed">\
        \(notes(entity, id, in: state))</div></section>
        """
    }

    private static func form(_ entity: Entity, _ id: Int) -> HTML {
        """
        <form class="note-form" method="post" action="/\(entity.rawValue)/\(id)/note">
        <label class="unseen" for="content">New note</label>
        <textarea id="content" name="content" rows="2" placeholder="Write a note…" required></textarea>
        <button>Add note</button></form>
        """
    }

    /// The notes alone, which the page fetches again and again.
    static func notes(_ entity: Entity, _ id: Int, in state: State) -> HTML {
        let notes = state[.note].records(where: link(entity), is: .int(id)).filter { !$0.isDeleted }
        if notes.isEmpty { return "<p class=\"faint\">No notes yet.</p>" }
        let newestFirst = notes.sorted { ($0.addedAt, $0.id) > ($1.addedAt, $1.id) }
        let items = newestFirst.prefix(limit).map { note -> HTML in
            let author = note["user_id"].whole.flatMap { state.user($0)?.name } ?? ""
            let content = HTML(clean: NoteHTML.sanitize(note["content"].text ?? ""))
            return """
                <article class="note"><p class="by"><b>\(author)</b> \(note["add_time"].text ?? "") UTC</p>\(content)</article>
                """
        }
        let more: HTML = notes.count > limit ? "<p class=\"faint\">and \(notes.count - limit) earlier ones</p>" : ""
        return "\(items)\(more)"
    }
}
