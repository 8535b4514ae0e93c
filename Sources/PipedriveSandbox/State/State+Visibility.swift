/// Who may see what.
extension State {
    /// Things that are visible to their owner only are hidden from colleagues who are not administrators; notes and
    /// lines are seen with what they belong to.
    func isVisible(_ record: Record, _ entity: Entity, to user: User) -> Bool {
        if user.isAdmin { return true }
        switch entity {
        case .note:
            return isVisible(record["deal_id"], .deal, to: user) && isVisible(record["person_id"], .person, to: user)
                && isVisible(record["org_id"], .organization, to: user)
        case .dealProduct, .discount: return isVisible(record["deal_id"], .deal, to: user)
        default:
            let isPrivate = record["visible_to"] == 1 || record["visible_to"] == "1"
            return !isPrivate || record["owner_id"] == .int(user.id)
        }
    }

    private func isVisible(_ id: JSON, _ entity: Entity, to user: User) -> Bool {
        guard let record = id.whole.flatMap({ self[entity][$0] }) else { return true }
        return isVisible(record, entity, to: user)
    }
}
