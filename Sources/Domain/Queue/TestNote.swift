import FoundationEssentials

/// A note that a person asks for to see that notes arrive: the subject of its message.
public struct TestNote: Hashable, Sendable {
    /// Where it goes.
    public let deal: Deal.ID
    private let id: BookEvent.ID

    /// Makes one.
    public init(deal: Deal.ID, id: BookEvent.ID) {
        self.deal = deal
        self.id = id
    }

    /// Reads the subject of a message; nil when it is not of a test note.
    public init?(subject: String) {
        let parts = subject.split(separator: ":")
        guard parts.count == 3, parts[0] == "test", let deal = Int64(parts[1]),
            let id = BookEvent.ID(text: String(parts[2]))
        else { return nil }
        self.init(deal: Deal.ID(deal), id: id)
    }

    /// The subject of its message.
    public var subject: String { "test:\(deal):\(id.text)" }
    /// By which it is found again.
    public var reference: EventReference { EventReference(id) }
}
