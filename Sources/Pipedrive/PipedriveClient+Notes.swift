public import Domain
import FoundationEssentials

extension PipedriveClient {
    /// What is sent to make a note. Exactly one of the two targets is set; the encoder leaves the other out.
    private struct NewNote: Encodable {
        let content: String
        var deal_id: Int64?
        var lead_id: String?
    }

    /// Posts a note; `mayHaveTakenEffect` says that it may stand there although no answer came.
    public func postNote(html: String, target: NoteTarget, access: PipedriveAccess) async throws -> Int64 {
        let operation = PipedriveFacts.addNote
        var note = NewNote(content: html)
        switch target {
        case .deal(let id): note.deal_id = id.rawValue
        case .lead(let id): note.lead_id = id
        }
        let answer = try await gateway.answer(to: operation, json: try JSONBody.encode(note), access: access)
        guard let id = answer["data"]?["id"]?.integer else { throw PipedriveGateway.unreadable(operation) }
        return id
    }

    /// Looks through the target's latest hundred notes, newest first; 20 tokens.
    public func findNote(
        containing text: String, target: NoteTarget, access: PipedriveAccess
    ) async throws -> Int64? {
        guard !text.isEmpty else { return nil }
        let place: (name: String, value: String) =
            switch target {
            case .deal(let id): ("deal_id", String(id.rawValue))
            case .lead(let id): ("lead_id", id)
            }
        let query = [place, ("sort", "add_time DESC"), ("limit", String(PipedriveFacts.noteLimit))]
        let answer = try await gateway.answer(to: PipedriveFacts.notes, query: query, access: access)
        let escaped = NoteContent.escape(text)
        let found = (answer["data"]?.elements ?? []).first { note in
            guard note["active_flag"]?.flag != false, let content = note["content"]?.text else { return false }
            return content.contains(text) || content.contains(escaped)
        }
        return found?["id"]?.integer
    }
}

/// Writes the JSON bodies that are sent.
enum JSONBody {
    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }
}
