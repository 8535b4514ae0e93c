public import Domain

/// Drafts a quote without a language model: the same deal always gives the same proposal, and nothing is sent out.
///
/// The deal's own products come first; without any, the title and the custom fields are matched by words against the
/// catalog, and what is not clear stays open for a person. No text in a deal can set a price, or put a link or an
/// amount into the e-mail.
public struct BuiltInDrafter: QuoteDrafter {
    /// Makes the drafter; it has no settings.
    public init() {}

    /// `built-in`.
    public var name: String { Self.label }
    private static let label = "built-in"

    /// Never throws and never calls anything.
    public func propose(
        _ task: DraftingTask, allowance: any DraftAllowance, patience: DraftPatience
    ) async throws -> DraftProposal {
        propose(task)
    }

    /// The same without waiting for anything.
    func propose(_ task: DraftingTask, trail: DraftTrail = .none) -> DraftProposal {
        // A title that gives orders to a machine is nothing for a customer to read.
        let isCommand = CommandWords.stand(in: task.context.deal.title)
        let title = isCommand ? "" : CustomerWording.plain(task.context.deal.title, atMost: 120)
        let wording = DraftWording(language: task.language)
        let person = task.context.person.flatMap { CommandWords.stand(in: $0.name) ? nil : $0.name } ?? ""
        let email = wording.email(
            title: title, person: CustomerWording.plain(person, atMost: 80),
            company: CustomerWording.oneLine(task.companyName))
        return DraftProposal(
            lines: lines(task, title: title, wording: wording), email: email, drafter: Self.label, trail: trail)
    }

    private func lines(_ task: DraftingTask, title: String, wording: DraftWording) -> [DraftProposal.Line] {
        let own = task.context.products.enumerated().filter(\.element.isEnabled)
        if !own.isEmpty {
            return own.map { index, product in
                DraftProposal.Line(source: .dealProduct(index), wording: nil, quantity: product.quantity)
            }
        }
        // Notes hold whole conversations: they are only looked at when title and fields name nothing.
        let matching = CatalogMatching(task.catalog)
        var texts = [task.context.deal.title] + task.fieldTexts
        var found = matching.matches(in: texts)
        if found.isEmpty {
            texts = task.context.notes
            found = matching.matches(in: texts)
        }
        if found.isEmpty {
            let need = title.isEmpty ? wording.unnamedNeed : title
            return [DraftProposal.Line(source: .need, wording: need, quantity: .one)]
        }
        return found.map { match in
            DraftProposal.Line(
                source: .catalog(match.productID), wording: nil, quantity: match.quantity,
                evidence: String(CustomerWording.oneLine(texts[match.text]).prefix(300)))
        }
    }
}
