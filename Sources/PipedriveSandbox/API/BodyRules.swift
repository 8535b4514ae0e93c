/// The members an object in a request body may and must have.
struct BodyRules: Sendable {
    let members: [String: ValueRule]
    var required: Set<String> = []

    /// Throws when a member is missing or has the wrong type; answers the names of members that are not known.
    func check(_ object: JSONObject, at prefix: String = "") throws -> [String] {
        for name in required.sorted() where object[name] == nil {
            throw Refusal.bad("Parameter '\(prefix)\(name)' is required")
        }
        var unknown: [String] = []
        for member in object.members {
            if let rule = members[member.key] {
                unknown += try rule.check(member.value, at: prefix + member.key)
            } else {
                unknown.append(prefix + member.key)
            }
        }
        return unknown
    }

    /// The same members with none required, for a change.
    var optional: BodyRules { BodyRules(members: members) }

    /// The same for a change, without the members that only a new thing takes.
    func optional(without names: Set<String>) -> BodyRules {
        BodyRules(members: members.filter { !names.contains($0.key) })
    }
}
