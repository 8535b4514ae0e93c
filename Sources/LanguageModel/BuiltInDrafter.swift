public import Domain

/// Drafts a quote without a language model: the same deal always gives the same proposal, and nothing is sent out.
///
/// The deal's own products come first; without any, the title and the custom fields are matched by words against the
/// catalog, and what is not clear stays open for a person. No text in a deal can set a price, or put a link or an
/// amount into the e-mail.
public struct BuiltInDrafter: QuoteDrafter {
    /// Makes the drafter; it has no settings.
    public init() {}

    /// Never throws and never calls anything.
    public func propose(_ task: DraftingTask) async throws -> DraftProposal {
        let title = CustomerWording.plain(task.context.deal.title, atMost: 120)
        let wording = DraftWording(language: task.language)
        let email = wording.email(
            title: title, person: task.context.person.map { CustomerWording.plain($0.name, atMost: 80) } ?? "",
            company: CustomerWording.oneLine(task.companyName))
        return DraftProposal(lines: lines(task, title: title, wording: wording), email: email, drafter: "built-in")
    }

    private func lines(_ task: DraftingTask, title: String, wording: DraftWording) -> [DraftProposal.Line] {
        let own = task.context.products.enumerated().filter(\.element.isEnabled)
        if !own.isEmpty {
            return own.map { index, product in
                DraftProposal.Line(source: .dealProduct(index), wording: nil, quantity: product.quantity)
            }
        }
        let found = CatalogMatching(task.catalog).matches(in: Self.texts(task.context.deal))
        if found.isEmpty {
            let need = title.isEmpty ? wording.unnamedNeed : title
            return [DraftProposal.Line(source: .need, wording: need, quantity: .one)]
        }
        return found.map { DraftProposal.Line(source: .catalog($0.productID), wording: nil, quantity: $0.quantity) }
    }

    /// The title first, then the custom fields by name, so that the order never depends on a dictionary's.
    private static func texts(_ deal: Deal) -> [String] {
        [deal.title] + deal.customFields.sorted { $0.key < $1.key }.map(\.value)
    }
}
