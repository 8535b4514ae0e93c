/// How many things the company's plan allows.
extension State {
    /// The kinds that can be capped, by the words of their routes.
    static let cappable: [String: Entity] = [
        "deals": .deal, "persons": .person, "organizations": .organization, "products": .product, "leads": .lead,
    ]

    /// Refuses one more than the plan allows, in the words and with the code that the changelog shows for deals.
    func checkCap(_ entity: Entity) throws {
        guard let cap = caps[entity] else { return }
        let count = self[entity].records.filter { record in
            !record.isDeleted && (entity != .deal || record["status"] == "open" && record["is_archived"] != true)
        }.count
        guard count >= cap else { return }
        let what = entity == .deal ? "open deals" : "\(entity.rawValue)s"
        throw Refusal(
            status: 403, message: "You have reached the limit of \(cap) \(what) of your plan",
            code: entity == .deal ? "feature_capping_deals_limit" : nil)
    }
}
