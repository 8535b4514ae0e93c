import Domain

extension PipedriveClient {
    /// How many of a deal's notes are read, and how much of each.
    private static let notesRead = 10
    private static let longestNote = 2000

    /// A deal's newest notes as plain text, newest first, ours left out; 20 tokens.
    ///
    /// A quote does not wait for them: where this user may not see notes there are none.
    func newestNotes(of deal: Deal.ID, access: PipedriveAccess) async throws -> [String] {
        let query: PipedriveGateway.Query = [
            ("deal_id", "\(deal)"), ("sort", "add_time DESC"), ("limit", "\(Self.notesRead)"),
        ]
        let nodes: [JSONNode]
        do {
            nodes =
                try await gateway.answer(to: PipedriveFacts.notes, query: query, access: access)["data"]?.elements ?? []
        } catch let failure as CRMFailure where failure.kind == .rejected {
            return []
        }
        return nodes.compactMap { node in
            guard node["active_flag"]?.flag != false, let content = node["content"]?.text else { return nil }
            let text = NoteText.plain(content)
            return text.isEmpty || Self.isOurs(text) ? nil : String(text.prefix(Self.longestNote))
        }
    }

    /// What we posted ends in a reference such as `Ref 7K3F-92QX`.
    private static func isOurs(_ text: String) -> Bool {
        text.contains(#/\bRef [0-9A-Z]{4}-[0-9A-Z]{4}\b/#)
    }
}

/// The text of a note's HTML.
enum NoteText {
    /// Tags become blanks or line breaks, the common entities their characters.
    static func plain(_ html: String) -> String {
        var text = html.replacing(#/<(br|/p|/div|/li|/h[1-6])[^<>]*>/#.ignoresCase(), with: "\n")
        text = text.replacing(#/<[^<>]*>/#, with: "")
        for (entity, character) in entities { text = text.replacing(entity, with: character) }
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        return lines.filter { !$0.isEmpty }.joined(separator: "\n").filter { $0 != "\0" }
    }

    // The ampersand last: what it makes of `&amp;lt;` is text.
    private static let entities = [
        ("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&euro;", "€"),
        ("&amp;", "&"),
    ]
}
