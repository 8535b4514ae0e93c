/// How codes and tokens end before their time.
extension State {
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
}
