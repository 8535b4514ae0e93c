/// How codes, tokens and deleted things end.
extension State {
    /// How long a deleted thing can still be read by its id.
    static let keptDeletedSeconds = 30 * 86400
    private static let purgePauseSeconds = 600

    /// Ends `codes`, `access` tokens or `refresh` tokens, of one user or of everyone.
    mutating func expire(_ what: String, userID: Int?) {
        switch what {
        case "codes":
            for place in codes.indices where userID == nil || codes[place].userID == userID {
                codes[place].issuedAt = Timestamp(seconds: 0)
            }
        case "access": expireAccess(userID: userID)
        default:
            for place in grants.indices where userID == nil || grants[place].userID == userID {
                grants[place].refreshedAt = Timestamp(seconds: 0)
            }
        }
    }

    /// Whether it is time to look for deleted things that are gone for good.
    func isPurgeDue(at now: Timestamp) -> Bool { now >= purgedAt.adding(seconds: Self.purgePauseSeconds) }

    /// Takes away what was deleted more than thirty days ago.
    mutating func purge(at now: Timestamp) {
        purgedAt = now
        let last = now.adding(seconds: -Self.keptDeletedSeconds)
        for entity in tables.keys { self[entity].remove { $0.isDeleted && $0.updatedAt < last } }
    }
}
