/// What a new drafting would change on a quote.
public struct DraftComparison: Hashable, Sendable {
    /// What became of one line.
    public enum Change: Hashable, Sendable {
        /// It stands on both, word for word.
        case same(DocumentLine)
        /// It stands on both, with other figures or words.
        case changed(from: DocumentLine, to: DocumentLine)
        /// Only the quote has it.
        case removed(DocumentLine)
        /// Only the new drafting has it.
        case added(DocumentLine)

        /// Whether it stands on both, word for word.
        public var isSame: Bool { if case .same = self { true } else { false } }
    }

    /// The lines in the new drafting's order, those that it lacks at the place they had.
    public let lines: [Change]
    /// Whether subject or body differ.
    public let isEmailChanged: Bool

    /// Whether nothing differs.
    public var isEmpty: Bool { lines.allSatisfy(\.isSame) && !isEmailChanged }

    /// Compares a quote with what drafting its deal gives now. Flags are remarks, and do not count.
    public init(_ quote: Quote, with outcome: DraftOutcome) {
        lines = Self.changes(from: quote.content.lines.map(Self.unflagged), to: outcome.lines.map(Self.unflagged))
        isEmailChanged = quote.email != outcome.email
    }

    private static func unflagged(_ line: DocumentLine) -> DocumentLine {
        var line = line
        line.flag = nil
        return line
    }

    /// A line is the same one when it is of the same product, or has the same wording.
    private static func isSameThing(_ left: DocumentLine, _ right: DocumentLine) -> Bool {
        if let product = left.productID, product == right.productID { return true }
        return left.description == right.description
    }

    private static func changes(from old: [DocumentLine], to new: [DocumentLine]) -> [Change] {
        var left = Array(old.enumerated())
        var result: [Change] = []
        for line in new {
            let place =
                left.firstIndex { $0.element == line } ?? left.firstIndex { isSameThing($0.element, line) }
            guard let place else {
                result.append(.added(line))
                continue
            }
            let (position, known) = left.remove(at: place)
            // What stood before it and is not there any more belongs here.
            let gone = left.filter { other in
                other.offset < position && !new.contains { isSameThing(other.element, $0) }
            }
            left.removeAll { other in gone.contains { $0.offset == other.offset } }
            result += gone.map { .removed($0.element) }
            result.append(known == line ? .same(line) : .changed(from: known, to: line))
        }
        return result + left.map { .removed($0.element) }
    }
}
