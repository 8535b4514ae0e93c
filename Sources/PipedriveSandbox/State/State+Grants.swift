/// What becomes of a user's grant.
extension State {
    /// Forgets the grant and removes the webhooks that the app made under it.
    mutating func uninstall(userID: Int) {
        grants.removeAll { $0.userID == userID }
        for webhook in self[.webhook].records(where: "owner_id", is: .int(userID)) {
            self[.webhook].remove(webhook.id)
        }
    }

    /// Ends the access tokens of a user, or of everyone; refreshing gives new ones.
    mutating func expireAccess(userID: Int?) {
        for place in grants.indices where userID == nil || grants[place].userID == userID {
            grants[place].accessTokens = []
        }
    }
}
