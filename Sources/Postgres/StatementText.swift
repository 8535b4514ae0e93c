/// A statement's text with its hash: whoever keeps it looks statements up without reading the text again.
@usableFromInline
final class StatementText: Sendable, Hashable {
    let text: String
    private let hash: Int

    init(_ text: String) {
        self.text = text
        hash = text.hashValue
    }

    @usableFromInline
    static func == (left: StatementText, right: StatementText) -> Bool {
        left === right || (left.hash == right.hash && left.text == right.text)
    }

    @usableFromInline
    func hash(into hasher: inout Hasher) {
        hasher.combine(hash)
    }
}
