/// An answer and what is noted about the request it answers.
struct Outcome: Sendable {
    /// Nil when the connection is to be broken off.
    var reply: Reply?
    var route: String?
    var cost = 0
    var problems: [String] = []
}
